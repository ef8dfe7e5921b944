"""Sources of figures other than the form, declared in ``sources.yaml`` of a council's folder.

What belongs here: where a source's figures come from and what its columns are called. What does not: fetching
(``connector``) and reading (``source``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

import yaml
from pydantic import BeforeValidator, Field, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails

from pmf.period import Month
from pmf.register.structure import IDENTIFIER, Definition
from pmf.register.yamlfile import parse_yaml

# The channel of the signed form; a source of that name could not be told from it.
_FORM_CHANNEL = "form"
_PERIOD = "{period}"
# Where the SQL of query sources stands, beside sources.yaml.
STATEMENTS_FOLDER = "sources"


def folded(name: str) -> str:
    """Give a name as it is compared: capitals and the width of gaps make no other name of one."""
    return " ".join(name.casefold().split())


def _quoted(value: Any) -> Any:
    """Refuse a bare number: YAML reads 007 as 7 and 010 as 8, which would be other indicators."""
    if isinstance(value, (int, float)):
        raise ValueError('write it in quotes, like "36"')
    return value


Text = Annotated[str, Field(min_length=1), BeforeValidator(_quoted)]
HeaderRow = Annotated[int, Field(ge=1, le=100)]


class FileSource(Definition):
    """A file put into the inbox or attached to a mail, known by its name; what it is, is seen in its content.

    ``names`` are patterns ("visits-*.csv"); capitals do not matter. ``sheet`` None: the first of a workbook.
    """

    names: tuple[Text, ...] = Field(min_length=1)
    sheet: str | None = None
    header_row: HeaderRow = 1

    @field_validator("names")
    @classmethod
    def _name_files_only(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if "/" in name or "\\" in name:
                raise ValueError(f'{name!r} names a folder: write only the name of the file, like "visits-*.csv"')
            if not name.strip("*?. "):
                raise ValueError(f'{name!r} fits every file: write what its name begins with, like "visits-*.csv"')
        return names


class QuerySource(Definition):
    """A SQL statement on a named connection. It may use the parameters :period, :first_day and :last_day."""

    connection: Text
    statement: Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*\.sql$")]


class EndpointSource(Definition):
    """A page of JSON on a named connection. ``records`` is the way to the list in it ("data.items"); None: the page is the list."""

    connection: Text
    path: str = Field(pattern=r"^/([^/\s]\S*)?$")
    records: str | None = Field(default=None, pattern=r"^[^.\s]+(\.[^.\s]+)*$")

    def path_for(self, month: Month) -> str:
        """Give the path of a month's figures."""
        return self.path.replace(_PERIOD, month.key)


class FolderSource(Definition):
    """Files in a folder on any store fsspec knows. ``sheet`` None: the first of a workbook."""

    url: str = Field(pattern=r"^[a-z0-9+]+://\S+$")
    sheet: str | None = None
    header_row: HeaderRow = 1

    @field_validator("url")
    @classmethod
    def _keeps_no_secret(cls, url: str) -> str:
        if "@" in urlsplit(url).netloc:
            raise ValueError("an address in this file must not hold a user or password: leave them to the store's own settings")
        return url

    def url_for(self, month: Month) -> str:
        """Give the address of a month's files."""
        return self.url.replace(_PERIOD, month.key)


class Columns(Definition):
    """What the source calls its columns. None: it has none for that; without ``period`` all of it is for the month asked for."""

    kpi_ref: Text | None = None
    period: Text | None = None
    value: Text | None = None
    numerator: Text | None = None
    denominator: Text | None = None
    comment: Text | None = None
    not_available: Text | None = None
    reason: Text | None = None
    forecast: Text | None = None
    provisional: Text | None = None

    @property
    def named(self) -> dict[str, str]:
        """Map the fields there is a column for to the column's name."""
        return {field: name for field, name in self if name is not None}


class Source(Definition):
    """A declared source. ``id`` is also the name of its channel; ``kpi_refs`` are the only KPIs it may state.

    A long table has a row for each KPI, found by the column ``columns.kpi_ref``; ``kpi_ref_by`` maps what the source calls
    an indicator to the KPI, for those it does not call by their reference. A wide table has a column for each KPI instead:
    ``values`` names them.
    """

    id: str = Field(pattern=IDENTIFIER)
    title: str = Field(min_length=3)
    service_id: str
    kpi_refs: tuple[Text, ...] = Field(min_length=1)
    file: FileSource | None = None
    query: QuerySource | None = None
    endpoint: EndpointSource | None = None
    folder: FolderSource | None = None
    columns: Columns = Columns()
    kpi_ref_by: dict[Text, Text] = Field(default_factory=dict)
    values: dict[Text, Text] = Field(default_factory=dict)

    @property
    def sheet(self) -> str | None:
        """The sheet the table is on. None: the first."""
        place = self.file or self.folder
        return place.sheet if place else None

    @property
    def header_row(self) -> int:
        """The row, counted from 1, that names the columns."""
        place = self.file or self.folder
        return place.header_row if place else 1

    @property
    def column_names(self) -> tuple[str, ...]:
        """Every column that must be there."""
        return (*self.columns.named.values(), *self.values.values())

    @property
    def kpi_refs_by_name(self) -> dict[str, str]:
        """Map what a long table calls its indicators, folded, to their KPIs."""
        renamed = set(self.kpi_ref_by.values())
        own = {folded(ref): ref for ref in self.kpi_refs if ref not in renamed}
        return own | {folded(name): ref for name, ref in self.kpi_ref_by.items()}

    @model_validator(mode="after")
    def _comes_from_one_place(self) -> Self:
        named = [place for place in ("file", "query", "endpoint", "folder") if getattr(self, place) is not None]
        if len(named) != 1:
            raise ValueError(f"name exactly one of file, query, endpoint and folder (found {' and '.join(named) or 'none'})")
        if self.id == _FORM_CHANNEL:
            raise ValueError('the id "form" is that of the return form: give the source another')
        return self

    @model_validator(mode="after")
    def _has_the_columns_it_needs(self) -> Self:
        problem = next(self._wide_problems() if self.values else self._long_problems(), None)
        if problem:
            raise ValueError(problem)
        return self

    def _wide_problems(self) -> Iterator[str]:
        if self.columns.named.keys() - {"period"} or self.kpi_ref_by:
            yield "with values there is one column for each KPI: of columns only period can be given, and no kpi_ref_by"
        if unnamed := [ref for ref in self.kpi_refs if ref not in self.values]:
            yield f"values names no column for {', '.join(unnamed)}: add it, or take it out of kpi_refs"
        yield from self._undeclared("values", self.values)

    def _long_problems(self) -> Iterator[str]:
        columns = self.columns
        if columns.kpi_ref is None:
            yield "columns needs kpi_ref, the column that names the indicator; or name one column for each KPI under values"
        if columns.numerator is not None and columns.denominator is None:
            yield "columns needs numerator and denominator together, or neither"
        # A value beside a denominator alone is a weighted figure with its weight.
        if columns.value is None and columns.numerator is None:
            yield "columns needs value, or numerator and denominator"
        yield from self._undeclared("kpi_ref_by", self.kpi_ref_by.values())

    def _undeclared(self, field: str, refs: Iterable[str]) -> Iterator[str]:
        if unknown := sorted(set(refs) - set(self.kpi_refs)):
            yield f"{field} names {', '.join(unknown)}, which is not among kpi_refs: add it there"

    @model_validator(mode="after")
    def _says_nothing_twice(self) -> Self:
        names_of = {
            "kpi_refs": self.kpi_refs,
            "columns": self.column_names,
            "the names of indicators": (*self.kpi_ref_by, *(ref for ref in self.kpi_refs if ref not in self.kpi_ref_by.values())),
        }
        for field, names in names_of.items():
            twice = sorted(name for name, count in Counter(folded(name) for name in names).items() if count > 1)
            if twice:
                raise ValueError(f"{field}: {', '.join(twice)} is there twice, so it would not be clear what it means")
        return self


class _SourcesFile(Definition):
    sources: tuple[Source, ...]


def parse_sources(path: Path, problems: list[str]) -> tuple[Source, ...]:
    """Read ``sources.yaml``; none where there is no such file. What is wrong is added to ``problems``, one sentence a field."""
    if not path.exists():
        return ()
    try:
        sources = _SourcesFile.model_validate(parse_yaml(path.read_bytes())).sources
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        problems.append(f"{path} is not readable as YAML: {' '.join(str(error).split())}")
        return ()
    except ValidationError as error:
        problems.extend(_sentences(path, error))
        return ()
    problems.extend(_contradictions(path, sources))
    return sources


# What pydantic says most, in plain words, and the right form of fields that have one.
_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is not a field there is: look for a slip in its name",
    "string_type": 'must be text, in quotes where it looks like a number ("36")',
    "tuple_type": "must be a list",
    "dict_type": 'must be a list of pairs, like "Visits": "37"',
    "model_type": "must have fields of its own, each on a line below it",
    "too_short": "must name at least one",
    "string_too_short": "must not be empty",
}
_FORMS = {
    "id": 'must be small letters, digits and hyphens, like "library-visits"',
    "statement": 'must be the name of a file in the folder sources, like "visits.sql"',
    "path": 'must begin with one slash, like "/api/kpis?month={period}"',
    "records": 'must be names with dots between, like "data.items"',
    "url": 'must be an address fsspec knows, like "s3://bucket/kpis/{period}/*.csv"',
}


def _sentences(path: Path, error: ValidationError) -> Iterator[str]:
    for item in error.errors():
        field = ".".join(str(part + 1) if isinstance(part, int) else str(part) for part in item["loc"]) or "sources"
        given = "" if isinstance(item["input"], (dict, list)) else f" (found {item['input']!r})"
        yield f"{path}, field {field}{given}: {_words(item)}"


def _words(item: ErrorDetails) -> str:
    if item["type"] == "string_pattern_mismatch":
        return _FORMS[str(item["loc"][-1])]
    return _WORDS.get(item["type"], item["msg"].removeprefix("Value error, "))


def _contradictions(path: Path, sources: Iterable[Source]) -> Iterator[str]:
    for source_id, count in Counter(source.id for source in sources).items():
        if count > 1:
            yield f"{path}, field sources: more than one source has the id {source_id}; give each its own"
    for source in sources:
        if source.query is None:
            continue
        statement = path.parent / STATEMENTS_FOLDER / source.query.statement
        if not statement.is_file():
            yield f"{path}, field sources.{source.id}.query.statement: {statement} does not exist"
