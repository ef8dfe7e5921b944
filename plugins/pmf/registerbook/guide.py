"""The words of the guide in a register's workbook: what it is, how a change is made, how it is brought back."""

from __future__ import annotations

GUIDE_SHEET, COLUMNS_SHEET = "How to use this", "Columns"

_LINES = (
    (
        "What this is",
        (
            "The whole register of the council: its KPIs, their targets, their data quality templates, the actions of its plan, the "
            "figures of others and the lines of its panels. Each has a sheet. "
            'What every column holds stands on the sheet "Columns" and beside each cell when you choose it.'
        ),
    ),
    (
        "A row is one version",
        "A row holds from one day until another. The past is never rewritten: what a month was judged by stays as it was.",
    ),
    (
        "To change something",
        (
            'Copy the row below itself. In the old one write the day of the change under "Holds until"; in the new one write the '
            'same day under "Holds from", empty "Holds until", and make the change. A slip of the pen in a title or description is '
            "put right where it stands."
        ),
    ),
    (
        "To add a KPI",
        (
            "Add a row below the last one of KPIs, and one for its target and one for its template on their sheets, with the same "
            "reference. Formats and lists are ready in the rows below the last."
        ),
    ),
    (
        "To end a KPI",
        'Write the day under "Holds until" in its rows. Do not delete rows: what was judged once must be found again.',
    ),
    (
        "Names",
        (
            "Where a service, committee, directorate, post or ambition is named, choose from the list, or write the name the "
            "council's documents use: it is turned into the id. Several stand with semicolons between."
        ),
    ),
    (
        "What may be moved",
        (
            "Rows may be sorted and filtered; columns may be moved, hidden or taken out: what is not there stays as it is. Keep the "
            'small grey row with the field names. Columns marked "for reading" are not read back; nor are columns without a field '
            "name."
        ),
    ),
    (
        "To bring it back",
        (
            "pmf register import FILE.xlsx -o {slug}\n"
            "says row by row what is new, changed, removed or refused, and writes nothing. When it says what you meant, run it "
            "again with --apply. Nothing is written unless everything is right."
        ),
    ),
    (
        "Others' changes",
        (
            "The workbook remembers what the files said when it was made. A row you did not touch stays as a colleague has changed "
            "it since; a row you both changed is refused, and named."
        ),
    ),
)


def guide_lines(slug: str) -> list[tuple[str, str]]:
    """Give the guide's lines for a council, heading and text."""
    return [(heading, text.replace("{slug}", slug)) for heading, text in _LINES]
