"""Interventions (HDC framework, Appendix F): opened where reds persist, planned, approved, followed for some months, closed.

``record`` is what is kept of one, ``standing`` how it is printed, ``paperwork`` its files and letters; the verbs are in ``lookinto``
(each month) and ``intervening`` (what people decide).
"""
