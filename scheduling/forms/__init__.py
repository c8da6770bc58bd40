"""What is typed at the booking screens."""

from scheduling.forms.availability import ChangeHoursForm, ClosureForm, EndHoursForm, ExceptionForm, HoursForm
from scheduling.forms.booking import BookForm, HoldForm, MoveForm
from scheduling.forms.calendar import ArrivalsForm, CalendarForm
from scheduling.forms.calls import CallForm, ListedCallForm, NextTryForm
from scheduling.forms.feeds import FeedForm
from scheduling.forms.ledger import LedgerForm
from scheduling.forms.measures import MeasureForm
from scheduling.forms.slots import SlotForm
from scheduling.forms.waitlist import OfferForm, WaitlistForm

__all__ = [
    "ArrivalsForm",
    "BookForm",
    "CalendarForm",
    "CallForm",
    "ChangeHoursForm",
    "ClosureForm",
    "EndHoursForm",
    "ExceptionForm",
    "FeedForm",
    "HoldForm",
    "HoursForm",
    "LedgerForm",
    "ListedCallForm",
    "MeasureForm",
    "MoveForm",
    "NextTryForm",
    "OfferForm",
    "SlotForm",
    "WaitlistForm",
]
