"""The data-quality report of a validation, for engineers, the performance team and auditors.

``setting`` is what it is made from, ``report`` puts it together, the others make its parts. Pure: what was checked and how it
is scored belongs to ``validation``.
"""
