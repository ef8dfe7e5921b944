"""Where each field stands on a form, and the words on it: one table per form version in ``include/forms``.

What belongs here: reading that table and refusing a wrong one. What does not: drawing the form (``writer``) and
finding the figures again (``reader``), which both go by it.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import AfterValidator, Field, ValidationError, model_validator

from pmf.form.column import FieldName, SheetLayout, Table
from pmf.form.model import Kind
from pmf.register.yamlfile import parse_yaml

_SHEET_NAME = r"^[^\[\]:*?/\\']{1,31}$"


class LayoutError(Exception):
    """The table of a form version is missing or wrong; the message names the file and the field."""


_F = FieldName
# A form without one of these could not be answered or not be read back ...
_REQUIRED = {
    Kind.KPIS: {_F.KPI_REF, _F.TITLE, _F.VALUE, _F.NOT_AVAILABLE, _F.REASON, _F.COMMENT, _F.ROW_ID},
    Kind.ACTIONS: {_F.ACTION_REF, _F.TITLE, _F.UPDATE, _F.RAG, _F.IMPACT, _F.ROW_ID},
    Kind.PANELS: {_F.LINE_REF, _F.PANEL, _F.TITLE, _F.RAG, _F.AMOUNT, _F.COMMENT, _F.ROW_ID},
    Kind.INTERVENTION: {_F.ITEM_REF, _F.TITLE, _F.KNOWN, _F.ANSWER, _F.ROW_ID},
}
# ... and councils may do without these.
_OPTIONAL = {
    Kind.KPIS: {
        _F.UNIT, _F.DIRECTION, _F.TARGET, _F.LAST_VALUE, _F.METHOD, _F.NUMERATOR, _F.DENOMINATOR, _F.FORECAST, _F.PROVISIONAL,
    },
    Kind.ACTIONS: {_F.DESCRIPTION, _F.PRIORITY, _F.DUE, _F.LAST_UPDATE},
    Kind.PANELS: {_F.HOLDER, _F.AIM, _F.LAST_UPDATE},
    Kind.INTERVENTION: set(),
}  # fmt: skip
# What names a row's subject, and what that is called on the form.
_SUBJECTS = {
    Kind.KPIS: (_F.KPI_REF, "indicator"),
    Kind.ACTIONS: (_F.ACTION_REF, "action"),
    Kind.PANELS: (_F.LINE_REF, "line"),
    Kind.INTERVENTION: (_F.ITEM_REF, "item"),
}
_ASKED = {_F.QUERY_ID, _F.STATE, _F.ABOUT, _F.TITLE, _F.FOUND, _F.FIX, _F.WHERE, _F.ANSWER, _F.ROW_ID}
# Title and sender above the instructions, the notice below them.
_ROWS_ABOVE_QUESTIONS = 3
# What is said about a figure: nobody is asked for it where the figure comes from elsewhere. Comment and forecast are.
OF_THE_FIGURE = frozenset({_F.VALUE, _F.NUMERATOR, _F.DENOMINATOR, _F.NOT_AVAILABLE, _F.REASON, _F.PROVISIONAL})
# What title and guide may name between braces; the writer fills it in from the form.
GUIDE_NAMES = ("organisation", "service", "period", "deadline", "contact")


def _names_only_what_is_known(text: str) -> str:
    try:
        text.format_map(dict.fromkeys(GUIDE_NAMES, ""))
    except (KeyError, ValueError, IndexError) as error:
        raise ValueError(f"between braces only {', '.join(GUIDE_NAMES)} may stand") from error
    return text


_Words = Annotated[str, AfterValidator(_names_only_what_is_known)]


class GuideLine(Table):
    """A heading and a paragraph of the sheet that says how to fill the form in.

    A guideline is one that people are reminded of when what they sent leaves something to be desired.
    """

    heading: str
    text: _Words
    is_guideline: bool = False


class QuestionLayout(SheetLayout):
    """The sheet of a form sent back for correction: a row for each question, with room for its answer.

    ``instructions`` stand above the questions, a row each.
    """

    sheet: str = Field(pattern=_SHEET_NAME)
    title: _Words
    instructions: tuple[_Words, ...]

    @model_validator(mode="after")
    def _can_be_answered_and_read_back(self) -> QuestionLayout:
        self.check_fields(_ASKED, set(), what="a sheet of questions")
        if self.header_row <= len(self.instructions) + _ROWS_ABOVE_QUESTIONS:
            raise ValueError(f"header_row leaves no room for {len(self.instructions)} instructions below title, sender and notice")
        return self

    @property
    def sheet_name(self) -> str:
        """The name of the sheet."""
        return self.sheet

    @property
    def subject(self) -> str:
        """What a row is about, in the words of the form."""
        return "question"

    @property
    def ref_field(self) -> FieldName:
        """The field that names the question of a row."""
        return FieldName.QUERY_ID


class Layout(SheetLayout):
    """A form version: its title and sheets, where its rows begin, its columns from left to right, and its guide.

    An intervention form alone is never sent back with questions and has no sheet for them (``asked`` None).
    """

    version: str
    kind: Kind
    title: _Words
    guide_sheet: str = Field(pattern=_SHEET_NAME)
    form_sheet: str = Field(pattern=_SHEET_NAME)
    guide: tuple[GuideLine, ...]
    asked: QuestionLayout | None = Field(default=None, alias="questions")

    @model_validator(mode="after")
    def _can_be_filled_in_and_read_back(self) -> Layout:
        self.check_fields(_REQUIRED[self.kind], _OPTIONAL[self.kind], what=f"a form of {self.kind}")
        if (self.asked is None) is not (self.kind is Kind.INTERVENTION):
            raise ValueError(f"questions: a form of {self.kind} {'needs' if self.asked is None else 'has no'} sheet of questions")
        if self.asked is not None and self.asked.sheet in (self.guide_sheet, self.form_sheet):
            raise ValueError("the sheet of questions has the name of another sheet")
        return self

    @property
    def questions(self) -> QuestionLayout:
        """The sheet of questions.

        Raises:
            ValueError: when forms of this kind go out without any.
        """
        if self.asked is None:
            raise ValueError(f"a form of {self.kind} goes out without questions")
        return self.asked

    @property
    def sheet_name(self) -> str:
        """The name of the sheet that is filled in."""
        return self.form_sheet

    @property
    def subject(self) -> str:
        """What a row is about, in the words of the form."""
        return _SUBJECTS[self.kind][1]

    @property
    def ref_field(self) -> FieldName:
        """The field that names the KPI, action, line or item of a row."""
        return _SUBJECTS[self.kind][0]


def load_layout(folder: Path, version: str) -> Layout:
    """Read the layout of a form version from its file: ``v1.yaml`` of version 1, ``actions-1.yaml`` of version actions-1.

    Raises:
        LayoutError: naming file and field, when the file is missing, is no YAML or breaks a rule.
    """
    path = folder / _file_name(version)
    if not path.exists():
        raise LayoutError(f"{path} does not exist: there is no form version {version!r}")
    return _read_layout(path)


def load_layouts(folder: Path) -> dict[str, Layout]:
    """Read every form version there is: returns are read by the version they were made with.

    Raises:
        LayoutError: naming file and field, when a file is no YAML or breaks a rule.
    """
    layouts = [_read_layout(path) for path in sorted(folder.glob("*.yaml"))]
    return {layout.version: layout for layout in layouts}


def _file_name(version: str) -> str:
    return f"v{version}.yaml" if version.isdecimal() else f"{version}.yaml"


def _read_layout(path: Path) -> Layout:
    return _layout_of(path, path.read_text(encoding="utf-8"))


# Parsed once a process, as long as the file says the same: every form that goes out asks for its layout.
@lru_cache(maxsize=64)
def _layout_of(path: Path, text: str) -> Layout:
    try:
        layout = Layout.model_validate(parse_yaml(text))
    except yaml.YAMLError as error:
        raise LayoutError(f"{path} is not readable as YAML: {' '.join(str(error).split())}") from error
    except ValidationError as error:
        problems = (f"field {'.'.join(map(str, e['loc'])) or 'columns'}: {e['msg'].removeprefix('Value error, ')}" for e in error.errors())
        raise LayoutError(f"{path}, {'; '.join(problems)}") from error
    if path.name != _file_name(layout.version):
        raise LayoutError(f"{path}, field version: a form of version {layout.version!r} stands in {_file_name(layout.version)}")
    return layout
