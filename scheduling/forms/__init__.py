"""What is typed at the booking screens."""

from scheduling.forms.booking import BookForm, MoveForm, SlotForm
from scheduling.forms.calendar import CalendarForm
from scheduling.forms.calls import CallForm, ListedCallForm, NextTryForm
from scheduling.forms.ledger import LedgerForm
from scheduling.forms.waitlist import OfferForm, WaitlistForm

__all__ = [
    "BookForm",
    "CalendarForm",
    "CallForm",
    "LedgerForm",
    "ListedCallForm",
    "MoveForm",
    "NextTryForm",
    "OfferForm",
    "SlotForm",
    "WaitlistForm",
]
