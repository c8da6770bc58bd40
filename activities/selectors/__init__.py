"""What the screens of programs, sessions and attendance show. The desks read the three below."""

from activities.selectors.desk import below_dose, sessions_today, unfinished_notes

__all__ = ["below_dose", "sessions_today", "unfinished_notes"]
