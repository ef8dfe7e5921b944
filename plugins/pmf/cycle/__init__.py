"""The verbs: open, collect, validate, rate, report, publish, send. Each loads, calls pure rooms, saves, and sums up.

A verb takes organisation, period, ``as_at`` (the business clock) and settings, owns that organisation and period, can
be killed anywhere and run again, and then leaves the same rows and the same bytes. Verbs never import each other: they
meet in the warehouse. Airflow is nowhere here.
"""
