"""Reporting periods and working days: ``kinds`` (month, financial quarter, financial year) and ``workdays``."""

from pmf.period.kinds import FinancialYear, Month, Period, Quarter, parse_month, parse_period, parse_quarter

__all__ = ["FinancialYear", "Month", "Period", "Quarter", "parse_month", "parse_period", "parse_quarter"]
