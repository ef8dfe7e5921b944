"""The warehouse: tables, migrations and read queries, the same on SQLite and PostgreSQL.

Rooms meet at these tables and nowhere else. Observations, findings and ratings carry ``as_at``, the business clock of
the run that wrote them, so "as known on D" is a condition and not a feature. No wall clock is ever stored.
"""
