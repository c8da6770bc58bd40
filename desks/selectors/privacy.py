"""The privacy officer's desk: refusals and consents, as numbers."""

from datetime import timedelta

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccessEvent, Facility, User
from desks.selectors import leaving, shared
from desks.selectors.tiles import Tile
from patients.models import PatientFacility
from records.models import ChannelConsent

DAYS = 7
WHY = {
    "role": "The role may not do this",
    "relation": "No relation to the person",
    "locked": "Sign-in locked after failures",
    "password": "Wrong password",
    "second-factor": "Wrong second factor",
}


def tiles(user: User, facility: Facility) -> list[Tile]:
    """Requests to take, legal releases, today's disclosures, refusals by reason, and the consents to reminders."""
    return [
        shared.to_accept(user, facility),
        leaving.to_approve(facility),
        leaving.left_today(facility),
        _refused(facility),
        _consents(facility),
    ]


def _refused(facility: Facility) -> Tile:
    here = PatientFacility.objects.filter(facility=facility, ends_at__isnull=True).values("patient_id")
    rows = AccessEvent.objects.filter(
        Q(facility_id=facility.pk) | Q(patient_id__in=here),
        outcome=AccessEvent.Outcome.DENIED,
        at__gte=timezone.now() - timedelta(days=DAYS),
    )
    counts = rows.order_by().values_list("code").annotate(number=Count("pk")).order_by("-number", "code")
    chart = [(WHY.get(code, code or "No reason noted"), number) for code, number in counts]
    return Tile(
        "refused", "Refused accesses, last 7 days", "shield-x", [], "No access was refused",
        "Each attempt to open what a role or relation does not allow is counted here by its reason.",
        chart=chart, chart_first="Reason", count=sum(number for _, number in chart),
        more_url=f"{reverse('patients:log_list')}?outcome=denied", more="The refusals",
    )  # fmt: skip


def _consents(facility: Facility) -> Tile:
    here = PatientFacility.objects.filter(facility=facility, ends_at__isnull=True).values("patient_id")
    rows = ChannelConsent.objects.filter(facility=facility, patient_id__in=here)
    counts = dict(rows.order_by().values_list("status").annotate(Count("pk")))
    chart = [(status.label, counts[status.value]) for status in ChannelConsent.Status if counts.get(status.value)]
    return Tile(
        "consents", "Consents to reminders", "file-check", [], "Nobody was asked about reminders yet",
        "Each answer about reminders by e-mail is counted here: given, declined, revoked.", chart=chart,
        chart_first="State", count=sum(counts.values()), more_url=reverse("scheduling:reminder_list"), more="Reminders",
    )  # fmt: skip
