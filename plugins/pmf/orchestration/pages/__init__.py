"""The performance team's pages inside Airflow: its login, its permissions, and nothing but reading.

Airflow mounts an application without asking who comes. Every route here asks: for a login, and for the right to read the DAG of the
monthly cycle of the council it is about. There is no description of the routes to fetch, and no method but GET.
"""
