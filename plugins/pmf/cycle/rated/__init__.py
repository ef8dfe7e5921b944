"""Ratings of a council's KPIs as rows of the table ``rating``: what is known of each, judged and set in time.

``standing`` finds a period's figure and target and has it judged; ``row`` puts together what the other modules say about
it: how it has moved (``movement``), where it is heading (``outlook``), how its process behaves (``variation``).
"""
