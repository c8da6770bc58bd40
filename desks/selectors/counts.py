"""The numbers in the frame."""

from collections.abc import Collection

from accounts.access import roles_at
from accounts.models import Facility, User
from accounts.roles import Role
from episodes.selectors import strip_counts
from intake.models import Referral
from patients.access import belongs_to
from records.models import RecordSubmission
from records.selectors import envelope_count
from scheduling.selectors import waitlist_count


def of(user: User, facility: Facility, wanted: Collection[str]) -> dict[str, int]:
    """`overdue`, `due_today`, `waiting` by one query; one more each for `referrals`, `envelopes` and `waitlist`."""
    numbers = strip_counts(user, facility)
    if "referrals" in wanted:
        new = Referral.objects.filter(belongs_to(facility, "patient"), status=Referral.Status.RECEIVED)
        numbers["referrals"] = new.filter(facility=facility).count()
    if "envelopes" in wanted:
        numbers["envelopes"] = envelope_count(facility, statuses=[RecordSubmission.Status.REQUESTED])
    if "waitlist" in wanted and Role.TREATMENT in roles_at(user, facility):  # the desk that offers the times
        numbers["waitlist"] = waitlist_count(facility, user)
    return numbers
