"""Validation: what is wrong with what came in, where, how to put it right, and whether the month may go on.

``suites`` reads the checks an analyst writes in ``expectations/``; ``checks`` compiles them against the data-quality
templates; ``datasets`` lays the rows out, one grain each; ``run`` lets Great Expectations look at them; ``gate`` decides;
``points`` are the occasions on which the cycle asks. Pure: rows in, findings out. No database, no clock, no mail.
"""
