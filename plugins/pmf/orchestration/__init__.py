"""Airflow: when a council's DAGs run, what a run is about, who hears of a breakdown, and the embedded installation.

The only package code that imports Airflow. What does not belong here: any decision about a figure (``validation``,
``rating``) and any verb (``cycle``); a task loads settings, calls one verb and hands its summary to the grid.
"""
