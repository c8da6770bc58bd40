"""Who may look at a facility's measures: whoever runs it, or books for everybody there."""

from django.core.exceptions import PermissionDenied

from accounts import access
from accounts.models import AccessEvent, Facility, User
from accounts.roles import Perm, Scope


def measured_facilities(user: User) -> list[Facility]:
    """Where the person sees the calendar, and the board or everybody's appointments."""
    calendars, boards = access.scopes(user, Perm.CALENDAR_VIEW), access.scopes(user, Perm.BOARD_VIEW)
    books = access.scopes(user, Perm.APPOINTMENT_EDIT)
    return [
        row
        for row in access.facilities(user)
        if row.pk in calendars and (row.pk in boards or Scope.FACILITY in books.get(row.pk, ()))
    ]


def require_measures(user: User) -> Facility:
    """The current facility, if its measures are for the person. Raises PermissionDenied, noted in the read log."""
    facility = access.current_facility(user)
    if facility in measured_facilities(user):
        return facility
    denied = AccessEvent.Outcome.DENIED
    access.log(user=user, facility_id=facility.pk, data_class=Perm.CALENDAR_VIEW, outcome=denied, code="role")
    raise PermissionDenied("role: measures")
