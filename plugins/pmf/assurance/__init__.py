"""Assurance: finished files re-read and held against the warehouse, by other means than those that made them (rulings 23).

Nothing here knows the view-model or the room that builds it: a check built from what it checks proves nothing.
"""
