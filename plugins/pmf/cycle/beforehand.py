"""What a stage opens or makes once for a process and takes long, done before a server forks its task processes."""

from __future__ import annotations

from contextlib import suppress

from pmf.cycle.workspace import register_of
from pmf.page.environment import compile_templates
from pmf.register import RegisterError, organisation_slugs
from pmf.settings import Settings
from pmf.validation.language.dictionary import british_dictionary
from pmf.validation.language.grammar import open_grammar_engine
from pmf.validation.suites import build, load_suites


def open_beforehand(settings: Settings) -> None:
    """Open the dictionary and the grammar engine, where this machine has them, and make what the files of the installation say.

    That is a tenth of a second, nearly a whole one, nearly another for the expectations of every suite, half a one for the templates
    of pages and mail, and a twentieth for each council's register. What is missing is looked for again by each task, and what is
    wrong with a council's files its own tasks say.

    Raises:
        SuiteError: when a suite is wrong.
        jinja2.TemplateSyntaxError: when a template is.
    """
    for opened in (british_dictionary, open_grammar_engine):
        if opened() is None:
            opened.cache_clear()
    for slug in organisation_slugs(settings.organisations):
        with suppress(RegisterError, OSError):
            register_of(slug, settings)
    for suite in load_suites(settings.expectations):
        build(suite, suite.rules)
    compile_templates(settings.templates)
