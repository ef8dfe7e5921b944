"""What can be said about a KPI's figures over time, before anybody rates them.

``point`` (one figure of one period), ``shortfall`` (how far short of target), ``aggregation`` (months to a quarter,
directorates to a council), ``change`` (against an earlier period), ``trend`` and ``projection``; ``unusual`` and
``suspicious`` (whether figures look like slips, for many KPIs at once, in numpy's doubles). Pure: figures in, figures out,
in exact arithmetic but for those two. Colours belong to ``rating``, wording for committees to ``reporting``.
"""
