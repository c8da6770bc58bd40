"""Measures of a facility over a period: each with its definition, a chart and a table."""

from scheduling.selectors.measures.answers import confirmations
from scheduling.selectors.measures.hours import utilization
from scheduling.selectors.measures.lateness import lateness
from scheduling.selectors.measures.parts import Measure, Period
from scheduling.selectors.measures.referrals import days_to_first_visit
from scheduling.selectors.measures.shows import show_rate

__all__ = ["Measure", "Period", "measures"]


def measures(period: Period) -> list[Measure]:
    """All of them. Six queries, however long the period and however many practitioners."""
    people = period.practitioners()
    return [
        show_rate(period, people),
        confirmations(period),
        lateness(period),
        utilization(period, people),
        days_to_first_visit(period),
    ]
