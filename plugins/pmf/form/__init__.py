"""The return form: a protected workbook out, the same workbook read back with the cell of every figure.

Three kinds: the KPIs of a month, its risk, finance and change panels, and the Corporate Plan Actions of a quarter.
``model`` what goes out and what comes back.
Out: ``layout`` (where each field stands, a table per form version in ``include/forms``), ``outgoing`` (a row of any
kind), ``rule``, ``look``, ``writer``, ``signature``. Back: ``preflight`` and ``scan`` refuse hostile files before any
reader sees them, ``grid`` has the cells read by ``child``, a process with limits, ``cell`` says what one cell holds,
``sheet``, ``line`` and ``reader`` put rows and figures together, ``problem`` words what is wrong. Bytes in, values out: no
database, no clock.
"""
