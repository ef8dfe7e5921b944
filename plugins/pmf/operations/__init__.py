"""What those who run an installation need: backup and restore, a doctor, a watch over deadlines, housekeeping, measurements.

It stands beside the cycle: it looks at what the cycle left behind, and takes no part in a month. Airflow, the clock and
the environment are for those who call it.
"""
