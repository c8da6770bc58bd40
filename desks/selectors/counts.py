"""The numbers in the frame."""

from collections.abc import Collection

from accounts.models import Facility, User
from episodes.selectors import strip_counts
from intake.models import Referral
from patients.access import belongs_to
from records.models import RecordSubmission
from records.selectors import envelope_count


def of(user: User, facility: Facility, wanted: Collection[str]) -> dict[str, int]:
    """`overdue`, `due_today`, `waiting` by one query, and by one more each `referrals` and `envelopes` if wanted."""
    numbers = strip_counts(user, facility)
    if "referrals" in wanted:
        new = Referral.objects.filter(belongs_to(facility, "patient"), status=Referral.Status.RECEIVED)
        numbers["referrals"] = new.filter(facility=facility).count()
    if "envelopes" in wanted:
        numbers["envelopes"] = envelope_count(facility, statuses=[RecordSubmission.Status.REQUESTED])
    return numbers
