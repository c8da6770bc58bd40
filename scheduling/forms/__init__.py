"""What is typed at the booking screens."""

from scheduling.forms.booking import BookForm, MoveForm, SlotForm
from scheduling.forms.calendar import CalendarForm
from scheduling.forms.calls import CallForm

__all__ = ["BookForm", "CalendarForm", "CallForm", "MoveForm", "SlotForm"]
