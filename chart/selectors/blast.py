"""What hangs on a consent: what stops when it is taken back, and what cannot be called back any more."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import Q

from core.labels import when_label
from patients.models import Relation
from records.models import ChannelConsent, Consent, Disclosure, ReleaseRequest
from records.selectors.disclosures import classes_label
from records.selectors.inhand import desks_in_need
from records.selectors.releases import outlook
from scheduling.models import Reminder
from scheduling.selectors.mailable import waiting_messages

Row = dict[str, Any]
SAME_ACT = timedelta(seconds=5)


@dataclass(frozen=True)
class Blast:
    """`releases` are open and rest on it; `packets` were made by it; `disclosed` is what it let out; `expecting` may
    wait to hear from us; `desks` read the record for nothing else."""

    releases: list[ReleaseRequest] = field(default_factory=list)
    packets: list[ReleaseRequest] = field(default_factory=list)
    disclosed: list[Row] = field(default_factory=list)
    expecting: list[str] = field(default_factory=list)
    desks: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.releases or self.packets or self.expecting or self.desks)


def blast_of(consent: Consent) -> Blast:
    """What hangs on a consent now. A handful of queries, and two for each open request."""
    releases = releases_on(consent)
    return Blast(releases, packets_by(consent), disclosed_by(consent), _expecting(consent), _desks(consent, releases))


def releases_on(consent: Consent) -> list[ReleaseRequest]:
    """Open requests for copies that name the consent, or that only it would let out."""
    rows = ReleaseRequest.objects.filter(
        patient=consent.patient.survivor, facility=consent.facility, status__in=ReleaseRequest.OPEN
    )
    rows = rows.filter(Q(consent=consent) | Q(consent__isnull=True)).order_by("due_on", "pk")
    found = rows.select_related("patient", "facility", "consent", "partner", "handled_by")
    return [row for row in found if row.consent_id == consent.pk or _rests_on(row, consent)]


def stopped_by(consent: Consent) -> list[ReleaseRequest]:
    """The requests that were stopped in the same act. One query."""
    if consent.revoked_at is None:
        return []
    rows = ReleaseRequest.objects.filter(
        Q(consent=consent) | Q(consent__isnull=True),
        patient=consent.patient.survivor,
        facility=consent.facility,
        status=ReleaseRequest.Status.CANCELLED,
        answered_at__range=(consent.revoked_at, consent.revoked_at + SAME_ACT),
    )
    return list(rows.select_related("patient").order_by("pk"))


def packets_by(consent: Consent) -> list[ReleaseRequest]:
    """The packets it let out: whoever has one keeps it, and none is handed out again once it is taken back."""
    rows = consent.release_requests.filter(status=ReleaseRequest.Status.COMPLETED, packet__isnull=False)
    return list(rows.select_related("patient").order_by("answered_at", "pk"))


def disclosed_by(consent: Consent) -> list[Row]:
    """What left by the consent, newest first; without what never left after all. One query."""
    rows = Disclosure.objects.filter(consent=consent, corrections__isnull=True, sent=True).order_by("-at", "-pk")
    return [
        {
            "when": when_label(row.at, consent.facility.tz),
            "iso": row.at.isoformat(),
            "whom": row.recipient_name,
            "address": row.recipient_address,
            "what": row.description,
            "classes": classes_label(row.data_classes),
            "purpose": row.get_purpose_display(),
            "channel": row.get_channel_display(),
        }
        for row in rows
    ]


def messages_on(consent: ChannelConsent) -> Row:
    """The messages that wait on a consent to be written to, and so stop with it. One query."""
    rows = list(waiting_messages(consent.patient, consent.facility).select_related("appointment"))
    tz = consent.facility.tz
    messages = [row for row in rows if row.purpose == Reminder.Purpose.REMINDER]
    return {
        "messages": [
            {"send": when_label(row.send_at, tz), "visit": when_label(row.appointment.starts_at, tz)}
            for row in messages
        ],
        "visits": len({row.appointment_id for row in messages}),
        "offers": len(rows) - len(messages),
    }


def _rests_on(release: ReleaseRequest, consent: Consent) -> bool:
    decision = outlook(release)
    return decision.allowed and decision.consent == consent


def _expecting(consent: Consent) -> list[str]:
    """Recipients who sent us this person and may wait to hear what became of it."""
    partners = {row.partner_id for row in consent.recipients.all() if row.partner_id}
    if not partners:
        return []
    rows = consent.patient.survivor.referrals.filter(partner__in=partners, facility=consent.facility)
    return sorted(set(rows.values_list("partner__name", flat=True)))


def _desks(consent: Consent, releases: list[ReleaseRequest]) -> list[str]:
    """Desks that may read the record only because such a request is in their hands."""
    if not releases:
        return []
    patient = consent.patient.survivor
    needed = desks_in_need(patient, consent.facility, besides=releases)
    grants = patient.desk_grants.filter(facility=consent.facility, relation=Relation.REQUEST)
    return [row.get_role_display() for row in grants.exclude(role__in=needed).order_by("role")]
