"""The language of comments: spelling, American forms, doubled words, grammar and long sentences. It advises, and never rewrites.

What belongs here: reading one text and saying what a careful colleague would mark in it. What does not belong here: what the
text says about the figure (``validation.commentary``), and what becomes of a remark (``expectations/commentary.json``).
"""

from pmf.validation.language.glossary import glossary_of
from pmf.validation.language.lexicon import Lexicon, columns_not_checked, open_lexicon, spelling_not_checked
from pmf.validation.language.reading import LanguageColumns, read_language

__all__ = ["LanguageColumns", "Lexicon", "columns_not_checked", "glossary_of", "open_lexicon", "read_language", "spelling_not_checked"]
