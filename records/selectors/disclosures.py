"""What left the house: of one person, of the facility, and the accounting a person may ask for."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.models import Facility, User
from accounts.roles import DataClass, Perm
from core.labels import when_label
from core.times import day_bounds
from patients.access import belongs_to, read_of, with_asking
from patients.models import Patient
from records.models import Basis, Disclosure, Purpose

YEAR = timedelta(days=365.25)
# 42 CFR 2.25: with consent, three years back; 45 CFR 164.528: the rest, six.
WITH_CONSENT, OTHERWISE = 3 * YEAR, 6 * YEAR
BASIS_TONES = {Basis.CONSENT: "success", Basis.MEDICAL_EMERGENCY: "danger", Basis.COURT_ORDER: "warning"}
PAGE = 50
NAMES = tuple(f"patient__{name}" for name in ("family_name", "given_name", "preferred_name", "record_number"))


@dataclass(frozen=True)
class Page:
    """Rows ready to print. `older` names the last of them if more follow."""

    rows: list[dict[str, Any]]
    older: str = ""


@dataclass(frozen=True)
class Chosen:
    """What the register is narrowed to."""

    first: date | None = None
    last: date | None = None
    basis: str = ""
    recipient: str = ""


def readable_disclosures(user: User, patient: Patient) -> QuerySet[Disclosure]:
    """Those this person may see: all with DISCLOSURE_VIEW, else one's own. Ask the door first."""
    rows = Disclosure.objects.filter(patient__in=patient.same_person).order_by("-at", "-pk")
    return rows if Perm.DISCLOSURE_VIEW in patient.held else rows.filter(by=user)


def disclosure_of(user: User, patient: Patient, pk: UUID) -> Disclosure:
    """One of these. Raises Http404."""
    rows = readable_disclosures(user, patient).select_related("by", "consent", "facility", "partner", "corrects")
    row = rows.select_related("packet", "request", "patient").filter(uuid=pk).first()
    if row is None:
        raise Http404
    return row


def correction_of(disclosure: Disclosure) -> Disclosure | None:
    """The row that says it better, if there is one."""
    return disclosure.corrections.first()


def disclosure_rows(user: User, patient: Patient, facility: Facility, *, before: str = "") -> Page:
    """A person's disclosures, newest first, with the corrections among them. One query."""
    return _page(readable_disclosures(user, patient), facility, before)


def register_rows(facility: Facility, chosen: Chosen, *, named: bool, before: str = "") -> Page:
    """What left a facility, newest first. One query. Without `named`, nobody is named."""
    rows = Disclosure.objects.filter(belongs_to(facility, "patient"), facility=facility)
    rows = with_asking(rows.filter(_narrowed(chosen, facility)), facility)
    return _page(rows.order_by("-at", "-pk"), facility, before, named=named)


def today_rows(facility: Facility) -> list[dict[str, Any]]:
    """What left the facility since its midnight, newest first, naming nobody. One query."""
    today = timezone.localdate(timezone=facility.tz)
    return register_rows(facility, Chosen(first=today, last=today), named=False).rows


def accounting(patient: Patient, facility: Facility, first: date | None, last: date | None) -> list[dict[str, Any]]:
    """The accounting of disclosures a person may ask for, oldest first: date, to whom and where, what, for what.

    Three years back with consent, six otherwise; what was done without consent in an emergency is on it too, though
    HIPAA would leave treatment out. A corrected row gives way to its correction, and what never left is left out.
    """
    now = timezone.now()
    reach = Q(basis=Basis.CONSENT, at__gte=now - WITH_CONSENT) | ~Q(basis=Basis.CONSENT) & Q(at__gte=now - OTHERWISE)
    rows = Disclosure.objects.filter(reach, patient__in=patient.same_person, facility=facility)
    rows = rows.filter(corrections__isnull=True, sent=True)
    rows = rows.filter(_narrowed(Chosen(first, last), facility)).defer("notice").order_by("at", "pk")
    return [_accounted(row, facility) for row in rows]


def classes_label(classes: list[str]) -> str:
    """Kinds of record in words."""
    return ", ".join(DataClass(row).label for row in classes)


def basis_label(basis: str) -> str:
    """What permitted it, in words short enough for a badge."""
    return Basis(basis).label.partition(" (")[0]


def purpose_label(row: Any) -> str:
    """The purpose in words: the person's own where there are some."""
    label = Purpose(row.purpose).label
    return f"{label}: {row.purpose_words}" if row.purpose_words else label


def _narrowed(chosen: Chosen, facility: Facility) -> Q:
    found = Q()
    if chosen.first:
        found &= Q(at__gte=day_bounds(chosen.first, facility.tz)[0])
    if chosen.last:
        found &= Q(at__lt=day_bounds(chosen.last, facility.tz)[1])
    if chosen.basis:
        found &= Q(basis=chosen.basis)
    if chosen.recipient:
        found &= Q(recipient_name__icontains=chosen.recipient) | Q(recipient_affiliation__icontains=chosen.recipient)
    return found


def _page(rows: QuerySet[Disclosure], facility: Facility, before: str, *, named: bool = True) -> Page:
    cursor = _cursor(before)
    if cursor:
        rows = rows.filter(Q(at__lt=cursor[0]) | Q(at=cursor[0], pk__lt=cursor[1]))
    unread = () if named else NAMES
    found = list(rows.select_related("by", "patient").defer("notice", *unread)[: PAGE + 1])
    shown, now = found[:PAGE], timezone.now()
    older = f"{shown[-1].at.isoformat()}~{shown[-1].pk}" if len(found) > PAGE else ""
    return Page([_row(row, facility, now, named) for row in shown], older)


def _cursor(before: str) -> tuple[datetime, int] | None:
    moment, _, pk = before.partition("~")
    try:
        at = parse_datetime(moment)
    except ValueError:
        return None
    return (at, int(pk)) if at and at.tzinfo and pk.isdecimal() else None


def _row(row: Disclosure, facility: Facility, now: datetime, named: bool) -> dict[str, Any]:
    return {
        "number": row.pk,
        "name": row.patient.list_name if named else "",
        "record_number": read_of(row, row.patient.record_number, "") if named else "",
        "url": row.get_absolute_url(),
        "when": when_label(row.at, facility.tz, now),
        "iso": row.at.isoformat(),
        "recipient": read_of(row, row.recipient_name),
        "affiliation": read_of(row, row.recipient_affiliation, ""),
        "what": read_of(row, row.description, ""),
        "classes": read_of(row, classes_label(row.data_classes), ""),
        "purpose": read_of(row, purpose_label(row), ""),
        "basis": basis_label(row.basis),
        "tone": BASIS_TONES.get(Basis(row.basis), "info"),
        "channel": row.get_channel_display(),
        "by": str(row.by) if row.by else "the system",
        "correction": row.corrects_id is not None,
        "sent": row.sent,
    }


def _accounted(row: Disclosure, facility: Facility) -> dict[str, Any]:
    return {
        "at": row.at,
        "when": when_label(row.at, facility.tz),
        "recipient": ", ".join(part for part in (row.recipient_name, row.recipient_affiliation) if part),
        "address": row.recipient_address or "not recorded",
        "where": row.recipient_address,
        "what": row.description,
        "classes": classes_label(row.data_classes),
        "purpose": purpose_label(row),
        "purpose_code": row.purpose,
        "purpose_words": row.purpose_words,
        "basis": Basis(row.basis).label,
    }
