"""The return form: a protected workbook out, the same workbook read back with the cell of every figure.

``model`` what goes out and what comes back; ``layout`` where each field stands (a table per form version, in
``include/forms``); ``writer``; ``preflight`` (refuses hostile files before any reader sees them); ``reader`` (in a
child process with limits); ``signature``. Pure but for the child process: bytes in, values out. No database, no clock.
"""
