"""What can be said about a KPI's figures over time, before anybody rates them.

``point`` (one figure of one period), ``shortfall`` (how far short of target), ``aggregation`` (months to a quarter,
directorates to a council), ``change`` (against an earlier period), ``reds`` (how long red), ``watchlist`` (what a report draws
attention to), ``trend`` and ``projection``; ``unusual`` and ``suspicious`` (whether figures look like slips, for many KPIs at
once, in numpy's doubles); ``panel``, ``recent``, ``courses`` and ``lines`` (trend and line of many series at once, from ``whole``
numbers). Pure: figures in, figures out, in exact arithmetic but for estimates and those two. Colours belong to ``rating``,
wording for committees to ``reporting``.
"""
