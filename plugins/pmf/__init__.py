"""A council's performance management framework: returns come in, are validated, are rated, are reported.

What belongs where is told in ``docs/architecture.md``; imports run one way, from the ground floor
(``value``, ``period``, ``finding``) up to ``cli`` and ``orchestration``.
"""

__version__ = "0.1.0"
