"""The annual performance report: what the year's figures are, how the colours moved from quarter to quarter, and how forecasts turned out.

Source: CCC performance management framework report of July 2024, paragraph 3.8 ("an annual performance report for the council").
"""
