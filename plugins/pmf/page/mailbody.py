"""The words of a mail: subject, plain text and HTML from the templates in ``include/templates/mail``.

What does not belong here: recipients, attachments and sending (``mail``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import css_inline

from pmf.page.environment import html_environment, one_line, text_environment


@dataclass(frozen=True)
class MailBody:
    """A mail's content: the subject on one line, and the same message as plain text and as HTML."""

    subject: str
    text: str
    html: str


def render_mail(name: str, context: Mapping[str, object], *, templates: Path) -> MailBody:
    """Write a mail from the three templates of that name, in HTML with the styles on each element as mail programs need.

    ``templates`` is the folder ``include/templates``; its ``README.md`` says what each mail's context holds.

    Raises:
        jinja2.TemplateNotFound: for a name without templates.
        jinja2.UndefinedError: when the context lacks something the template prints.
    """
    folder = templates / "mail"
    plain, page = text_environment(folder), html_environment(folder)
    subject = one_line(plain.get_template(f"{name}.subject.txt").render(context))
    html = page.get_template(f"{name}.html").render(context, subject=subject)
    return MailBody(
        subject=str(subject),
        text=plain.get_template(f"{name}.txt").render(context).strip() + "\n",
        html=css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=False).inline(html),
    )
