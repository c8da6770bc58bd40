"""What people asked of their records, and what has left: requests, amendments, disclosures, counseling notes."""

from datetime import datetime, timedelta

import time_machine
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from carecoord.demo.house import House
from carecoord.demo.stories import Life
from chart.services.packets import release_records
from core.errors import DomainError
from patients.models import CareTeamMember
from records import services as records
from records.choices import Choices, Named, Signed
from records.digests import digest_of
from records.models import Consent, Document, ReleaseRequest
from records.services import amendments, counseling, releases
from records.services.consents import words_of
from records.services.disclosures import disclose_in_emergency
from records.services.wording import ensure_default_forms

CLINICAL = ("assessment", "plan", "appointment")
# Who asks, for whom, for what purpose, how many days ago: one is near its end, one was extended, one is new.
REQUESTS = [
    ("access", "", "patient-request", ("identity", "assessment", "plan"), "pdf", 26),
    ("access", "", "patient-request", ("appointment", "activity"), "paper", 33),
    ("authorized", "Lakeside Family Clinic", "treatment", CLINICAL, "zip", 12),
    ("authorized", "Blue Valley Health Plan", "payment", ("coverage", "assessment"), "pdf", 5),
    ("legal", "Ashford County Court", "legal", ("appointment", "plan"), "pdf", 3),
    ("representative", "", "patient-request", ("plan",), "pdf", 1),
]
KINDS = {"Lakeside Family Clinic": "provider", "Blue Valley Health Plan": "payer", "Ashford County Court": "court"}
AMENDMENTS = [
    ("Intake interview, first page", "I have worked for six years, not six months.", "It was heard wrongly.", 50),
    ("Physician’s assessment, findings", "The fall was in 2019.", "The hospital’s letter says so.", 20),
    ("Care plan, needs", "I asked for evening groups as well.", "", 2),
]


def let_records_leave(house: House, lives: list[Life], now: datetime) -> None:
    """A month of the clerk's work with requests, and of what was told in emergencies."""
    ensure_default_forms(facility=house.facility, by=None, reason="demo")
    planned = set(Document.objects.filter(kind=Document.Kind.CARE_PLAN).values_list("patient_id", flat=True))
    clerks, told = house.staff[Role.CLERK], [life for life in lives if life.patient.pk in planned]
    if len(told) < len(REQUESTS) + len(AMENDMENTS) + 2:
        return
    for number, life in enumerate(told[2 : 2 + len(REQUESTS)]):
        _request(house, life, REQUESTS[number], clerks[number % len(clerks)], now)
    for number, life in enumerate(told[8 : 8 + len(AMENDMENTS)]):
        _amendment(house, life, AMENDMENTS[number], clerks[0], now, answered=number == 1)
    for number, life in enumerate(told[:2]):
        _released(house, life, clerks[0], now - timedelta(days=9 - number * 8, hours=3))
    _emergency(house, told[4], now)
    _counsel(house, now)


def _request(house: House, life: Life, row: tuple, clerk: User, now: datetime) -> None:
    kind, recipient, purpose, classes, form, days = row
    name = recipient or life.patient.legal_name
    wanted = releases.Wanted(
        kind, name, name, purpose, classes, form=form, recipient_kind=KINDS.get(recipient, "person"),
        requester_contact="(212) 555-0188", recipient_address="9 Orchard Road, Ashford" if recipient else "",
    )  # fmt: skip
    with time_machine.travel(now - timedelta(days=days), tick=False):
        release = releases.receive_request(patient=life.patient, facility=house.facility, wanted=wanted, by=clerk)
    if kind == "legal":
        _court_papers(house, life, release, clerk, now)
    if days > 30:
        with time_machine.travel(now - timedelta(days=4), tick=False):
            reason = "The papers of the first stay are in the archive."
            releases.extend_request(release=release, reason=reason, by=clerk)
    if days > 10:
        with time_machine.travel(now - timedelta(days=days - 2), tick=False):
            releases.take_request(release=release, by=clerk)


def _court_papers(house: House, life: Life, release: ReleaseRequest, clerk: User, now: datetime) -> None:
    words = "By order of the court, the records named above are to be produced.\n"
    with time_machine.travel(now - timedelta(days=2), tick=False):
        order, subpoena = (
            records.create_document(
                patient=life.patient,
                facility=house.facility,
                kind=Document.Kind.COURT,
                title=title,
                text=words,
                by=clerk,
            )
            for title in ("Court order under 42 CFR 2.64", "Subpoena for records")
        )
        releases.file_court_papers(release=release, court_order=order, subpoena=subpoena, by=clerk)


def _amendment(house: House, life: Life, row: tuple, clerk: User, now: datetime, *, answered: bool) -> None:
    subject, wanted, reason, days = row
    with time_machine.travel(now - timedelta(days=days), tick=False):
        asked = amendments.receive_amendment(
            patient=life.patient, facility=house.facility, subject=subject, wanted=wanted, reason=reason, by=clerk
        )
    if answered:
        with time_machine.travel(now - timedelta(days=days - 6), tick=False):
            said = "The physician has the hospital’s letter of 2020 before her."
            amendments.deny_amendment(amendment=asked, denial_basis="accurate", answer=said, by=clerk)
            amendments.add_disagreement(amendment=asked, text="I was there; it was in 2019.", by=clerk)


def _released(house: House, life: Life, clerk: User, at: datetime) -> None:
    """A packet that went to another clinic by a consent."""
    with time_machine.travel(at - timedelta(days=1), tick=False):
        _consent(house, life)
    wanted = releases.Wanted(
        "authorized", "Lakeside Family Clinic", "Lakeside Family Clinic", "treatment", CLINICAL,
        recipient_kind="provider", recipient_address="4 Lake Street, Ashford",
    )  # fmt: skip
    with time_machine.travel(at, tick=False):
        release = releases.receive_request(patient=life.patient, facility=house.facility, wanted=wanted, by=clerk)
        try:
            release_records(release=release, by=clerk)
        except DomainError as refusal:  # the demo goes on; the request shows why it waits
            releases.deny_request(release=release, reason=str(refusal), by=clerk)


def _consent(house: House, life: Life) -> Consent:
    choices = Choices(
        discloser=house.facility.name, data_classes=CLINICAL, purposes=("treatment",), expiry="date",
        description="Assessments, care plan and appointments", expires_on=timezone.localdate() + timedelta(days=365),
        recipients=(Named("provider", "Lakeside Family Clinic"),),
    )  # fmt: skip
    by = house.someone(Role.INTAKE)
    draft = records.begin_consent(patient=life.patient, facility=house.facility, choices=choices, by=by)
    signed = Signed(life.patient.legal_name)
    return records.sign_consent(consent=draft, shown=digest_of(words_of(draft)), signed=signed, by=by, witness=by)


def _emergency(house: House, life: Life, now: datetime) -> None:
    by = house.someone(Role.CLERK)
    with time_machine.travel(now - timedelta(hours=2), tick=False):
        disclose_in_emergency(
            patient=life.patient, facility=house.facility, recipient_name="Dr. J. Ames, emergency physician",
            affiliation="Ashford General Hospital", contact="(212) 555-0119", channel="spoken", by=by,
            emergency="Brought in unconscious after a collapse in the street.",
            told="Current medication and an allergy to penicillin.", data_classes=["assessment"],
        )  # fmt: skip


def _counsel(house: House, now: datetime) -> None:
    """Some sessions of the counselors, with the people on whose team they are."""
    members = CareTeamMember.objects.filter(facility=house.facility, role=Role.CLINICIAN, ends_at__isnull=True)
    for number, member in enumerate(members.select_related("user", "patient").order_by("pk")[:6]):
        at = now - timedelta(days=number + 1, hours=2)
        with time_machine.travel(at, tick=False):
            note = counseling.write_counseling_note(
                patient=member.patient, facility=house.facility, session_at=at - timedelta(hours=1), by=member.user,
                text="Spoke of what helped last week. Wants to call the sister before Sunday; we practiced it.",
            )  # fmt: skip
            if number % 3:
                counseling.sign_counseling_note(note=note, by=member.user)
