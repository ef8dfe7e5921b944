"""The datasets that suites look at: each a frozen row class, whose docstring is the grain, and a function that lays it out.

Columns are plain: text, yes or no, or a figure. A limit is a column like any other; where a check has nothing to look
at, its column is empty. Arithmetic that must be exact is done here in decimals, before a frame makes doubles of them.
"""
