"""The disclosure preflight: every refusal with its code, every exception with what it needs."""

import threading
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import AccessEvent
from accounts.roles import DataClass, Role
from records import services
from records.disclosing import SENTENCES, Packet, Recipient, Refused
from records.models import Basis, Channel, Consent, Disclosure, Document, Purpose, ReleaseRequest
from records.notice_text import NOTICE
from tests import factories
from tests.records import leaving
from tests.records.leaving import CLINIC, COURT, PLAN

pytestmark = pytest.mark.django_db
YESTERDAY, TOMORROW = (timezone.localdate() + timedelta(days=days) for days in (-1, 1))
TPO = {"category": "tpo", "purposes": ["treatment", "payment", "operations"], "expiry": "none", "expires_on": None}
EVERYBODY = {"to": (("class", "My treating providers and health plans"),)}
NOTES = {"category": "counseling-notes", "data_classes": ["counseling"]}
ME = Recipient("Marisol Rivera", is_patient=True)


@pytest.fixture
def consent(patient, facility, clerk):
    return lambda **fields: leaving.consent(patient, facility, clerk, **fields)


@pytest.fixture
def ask(patient, facility, clerk):
    return lambda facility=facility, **fields: leaving.ask(patient, facility, clerk, **fields)


@pytest.fixture
def restrict(patient, facility, clerk):
    return lambda **fields: leaving.restrict(patient, facility, clerk, **fields)


# code, the consents there are, the question: one row for each way to be refused.
REFUSALS = [
    ("consent.missing", [], {}),
    ("consent.missing", [], {"data_classes": ["counseling"]}),
    ("consent.expired", [{"expires_on": YESTERDAY}], {}),
    ("consent.expired", [{"expiry": "event", "expiry_event": "Discharge", "event_happened_at": timezone.now()}], {}),
    ("consent.revoked", [{"revoked": True}], {}),
    ("consent.revoked", [TPO | EVERYBODY | {"revoked": True}], {"recipient": PLAN, "purpose": Purpose.PAYMENT}),
    ("consent.deficient", [{"signed": False}], {}),
    ("consent.deficient", [{"signed": False, "to": ()}], {}),
    ("consent.recipient", [{}], {"recipient": Recipient("Another Clinic")}),
    ("consent.recipient", [TPO | EVERYBODY], {"recipient": Recipient("An employer", kind="entity")}),
    ("consent.purpose", [{}], {"purpose": Purpose.EMPLOYMENT}),
    ("consent.purpose", [TPO | EVERYBODY], {"purpose": Purpose.HOUSING}),
    ("consent.scope", [{}], {"data_classes": ["plan", "intake"]}),
    ("consent.scope", [{"covers_from": YESTERDAY}], {}),
    ("consent.scope", [{"covers_until": YESTERDAY}], {"covers_until": TOMORROW}),
    ("consent.notes_combined", [NOTES], {"data_classes": ["plan", "counseling"]}),
    ("consent.notes_combined", [TPO | EVERYBODY], {"data_classes": ["counseling"]}),
    ("consent.legal_proceeding", [], {"purpose": Purpose.LEGAL, "recipient": COURT}),
    ("consent.legal_proceeding", [TPO | EVERYBODY], {"purpose": Purpose.LEGAL, "recipient": COURT}),
    ("consent.legal_proceeding", [], {"basis": Basis.COURT_ORDER, "purpose": Purpose.LEGAL, "recipient": COURT}),
    ("restriction.active", [{}], {"restricted": {"recipient_name": CLINIC.name}}),
    ("restriction.active", [], {"restricted": {}, "basis": Basis.SERVICE, "authority": "Agreement"}),
    ("basis.deficient", [], {"basis": Basis.MEDICAL_EMERGENCY}),
    ("basis.deficient", [], {"basis": Basis.AUDIT, "purpose": Purpose.OPERATIONS}),
    ("basis.deficient", [], {"basis": Basis.CHILD_ABUSE, "authority": "State law", "data_classes": ["plan"]}),
    ("basis.deficient", [], {"basis": Basis.PUBLIC_HEALTH, "authority": "Agency", "data_classes": ["identity"]}),
    ("channel.unprotected", [{}], {"channel": Channel.MAIL}),
    ("channel.consent", [], {"recipient": ME, "channel": Channel.MAIL}),
]


@pytest.mark.parametrize(("code", "consents", "question"), REFUSALS)
def test_each_refusal_has_its_code_and_nothing_leaves(code, consents, question, consent, ask, restrict, clerk):
    for fields in consents:
        row = consent(**{name: value for name, value in fields.items() if name != "revoked"})
        if "revoked" in fields:
            leaving.revoke(row, clerk)
    if "restricted" in question:
        restrict(**question["restricted"])
    with pytest.raises(Refused) as refused:
        ask(**{name: value for name, value in question.items() if name != "restricted"})
    assert refused.value.code == code
    assert str(refused.value) == SENTENCES[code]
    assert not Disclosure.objects.exists()


def test_every_code_has_a_row_here():
    assert {row[0] for row in REFUSALS} == set(SENTENCES)


def test_what_was_taken_back_covers_nothing(consent, ask, clerk):
    row = consent()
    ask()
    leaving.revoke(row, clerk)
    with pytest.raises(Refused) as refused:
        ask()
    assert refused.value.code == "consent.revoked"
    assert Disclosure.objects.count() == 1


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"recipient_name": "lakeside  CLINIC"},
        {"data_classes": ["plan"]},
        {"ends_at": timezone.now() + timedelta(days=1)},
    ],
)
def test_an_agreed_restriction_comes_before_any_consent(fields, consent, restrict, ask):
    consent()
    restrict(**fields)
    with pytest.raises(Refused) as refused:
        ask()
    assert refused.value.code == "restriction.active"


@pytest.mark.parametrize(
    "fields",
    [
        {"recipient_name": "Another clinic"},
        {"data_classes": ["intake"]},
        {"status": "requested"},
        {"status": "ended"},
        {"ends_at": timezone.now() - timedelta(minutes=1)},
        {"kind": "health-plan"},
        {"kind": "chart"},
    ],
)
def test_a_restriction_binds_only_what_it_speaks_of(fields, consent, restrict, ask):
    consent()
    restrict(**fields)
    assert ask().disclosure


def test_what_was_paid_in_full_is_kept_from_the_health_plan(consent, restrict, ask):
    consent(**TPO | EVERYBODY)
    restrict(kind="health-plan", data_classes=["plan"])
    with pytest.raises(Refused) as refused:
        ask(recipient=PLAN, purpose=Purpose.PAYMENT)
    assert refused.value.code == "restriction.active"
    assert ask(recipient=PLAN, purpose=Purpose.PAYMENT, data_classes=["assessment"]).disclosure
    assert ask(recipient=CLINIC).disclosure


def test_one_consent_to_treatment_payment_and_operations_serves_all_of_them(consent, ask):
    row = consent(**TPO | EVERYBODY)
    for recipient, purpose in ((CLINIC, Purpose.TREATMENT), (PLAN, Purpose.PAYMENT), (PLAN, Purpose.OPERATIONS)):
        assert ask(recipient=recipient, purpose=purpose).consent == row
    assert Disclosure.objects.filter(consent=row).count() == 3


def test_the_permit_carries_notice_and_copy_and_the_row_is_written(consent, ask, clerk, patient):
    row = consent()
    permit = ask(purpose_words="The visit on Monday")
    disclosure = permit.disclosure
    assert (permit.consent, permit.notice, permit.consent_copy) == (row, NOTICE, "I agree.\n")
    assert "42 CFR part 2 prohibits unauthorized use or disclosure of these records" in permit.notice
    assert (disclosure.by, disclosure.recipient_name, disclosure.recipient_address) == (
        clerk, CLINIC.name, CLINIC.address,
    )  # fmt: skip
    assert (disclosure.data_classes, disclosure.purpose_words) == (["plan"], "The visit on Monday")
    line = AccessEvent.objects.filter(patient_id=patient.pk, action="disclose").get()
    assert (line.data_class, line.outcome, line.user_id) == ("plan", "allowed", clerk.pk)


def test_the_packet_is_made_with_the_notice_and_its_digest_is_kept(consent, ask, write, clerk):
    consent()

    def pack(permit):
        packet = write(clerk, text=permit.notice + permit.consent_copy, title="Packet")
        return Packet(packet, packet.sha256, packet.sha256)

    permit = ask(pack=pack)
    packet = permit.disclosure.packet
    assert packet.text.startswith("NOTICE PROHIBITING REDISCLOSURE")
    assert permit.disclosure.packet_sha256 == packet.sha256


def test_to_the_person_no_notice_goes_along_and_no_disclosure_is_written(ask, patient, facility, clerk):
    factories.email_address(patient)
    services.set_channel_consent(
        patient=patient, facility=facility, email="marisol@example.net", detail="time", may_use_first_name=False,
        language="en", signed_name="Marisol Rivera", risk_explained=True, by=clerk,
    )  # fmt: skip
    for channel in (Channel.MAIL, Channel.CALENDAR, Channel.PDF):
        permit = ask(recipient=ME, channel=channel, purpose=Purpose.PATIENT_REQUEST)
        assert (permit.to_patient, permit.notice, permit.disclosure) == (True, "", None)
    assert not Disclosure.objects.exists()
    assert AccessEvent.objects.filter(patient_id=patient.pk, action="disclose", outcome="allowed").count() == 3


def test_counseling_notes_leave_by_their_own_consent_alone_even_to_the_person(consent, ask):
    with pytest.raises(Refused):
        ask(recipient=ME, data_classes=["counseling"], purpose=Purpose.PATIENT_REQUEST)
    row = consent(**NOTES, purposes=["patient-request"], to=(("person", "Marisol Rivera"),))
    permit = ask(recipient=ME, data_classes=["counseling"], purpose=Purpose.PATIENT_REQUEST)
    assert (permit.to_patient, permit.consent) == (False, row)
    with pytest.raises(Refused):
        ask(basis=Basis.AUDIT, authority="Agency", data_classes=["counseling"], purpose=Purpose.OPERATIONS)


def test_a_legal_consent_serves_proceedings_and_nothing_else(consent, ask):
    row = consent(category="legal", purposes=["legal"], to=(("court", "County Court"),))
    assert ask(purpose=Purpose.LEGAL, recipient=COURT).consent == row
    with pytest.raises(Refused) as refused:
        ask(recipient=COURT)
    assert refused.value.code == "consent.missing"


def test_a_court_order_needs_the_subpoena_and_the_approval(ask, write, patient, facility, clerk):
    request = ReleaseRequest(
        patient=patient, facility=facility, kind="legal", requester_name="Court", recipient_name="County Court",
        purpose="legal", data_classes=["plan"], due_on=TOMORROW,
    )  # fmt: skip
    by_order = {"basis": Basis.COURT_ORDER, "purpose": Purpose.LEGAL, "recipient": COURT, "release": request}
    request.court_order = write(clerk, kind=Document.Kind.COURT, title="Order")
    request.save()
    for name, value in (("subpoena", write(clerk, title="Subpoena")), ("approved_at", timezone.now())):
        with pytest.raises(Refused) as refused:
            ask(**by_order)
        assert refused.value.code == "consent.legal_proceeding"
        setattr(request, name, value)
    assert ask(**by_order).disclosure.basis == Basis.COURT_ORDER


@pytest.mark.parametrize(
    "fields",
    [
        {
            "basis": Basis.MEDICAL_EMERGENCY,
            "emergency": "Found unconscious",
            "recipient": Recipient("Dr. Ames", affiliation="City Hospital"),
        },
        {"basis": Basis.AUDIT, "purpose": Purpose.OPERATIONS, "authority": "Agreement of 3 May"},
        {"basis": Basis.RESEARCH, "purpose": Purpose.RESEARCH, "authority": "Protocol 7, approved by the board"},
        {"basis": Basis.CHILD_ABUSE, "purpose": Purpose.OTHER, "authority": "State law", "data_classes": ["identity"]},
        {"basis": Basis.CRIME, "purpose": Purpose.OTHER, "authority": "Police report", "data_classes": ["identity"]},
        {"basis": Basis.SERVICE, "purpose": Purpose.OPERATIONS, "authority": "Agreement with the laboratory"},
        {"basis": Basis.PUBLIC_HEALTH, "purpose": Purpose.OTHER, "authority": "Agency", "data_classes": ["activity"]},
    ],
)
def test_each_exception_with_what_it_needs_goes_without_a_consent(fields, ask):
    permit = ask(**fields)
    assert (permit.consent, permit.notice, permit.disclosure.basis) == (None, "", fields["basis"])


def test_a_restriction_binds_a_service_but_no_emergency(ask, restrict):
    restrict()
    doctor = Recipient("Dr. Ames", affiliation="City Hospital")
    assert ask(basis=Basis.MEDICAL_EMERGENCY, emergency="Found unconscious", recipient=doctor).disclosure
    with pytest.raises(Refused):
        ask(basis=Basis.SERVICE, purpose=Purpose.OPERATIONS, authority="Agreement")


def test_a_changed_byte_of_what_was_signed_ends_what_it_permits(consent, ask):
    row = consent()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE records_document SET text = 'I agree to all.' WHERE id = %s", [row.document_id])
        cursor.execute("SET LOCAL session_replication_role = origin")
    with pytest.raises(Refused) as refused:
        ask()
    assert refused.value.code == "consent.deficient"


def test_the_consent_of_another_facility_permits_nothing_here(consent, ask, other_facility):
    row = consent()
    with pytest.raises(Refused):
        ask(facility=other_facility)
    assert ask(covers_from=date(2020, 1, 1)).consent == row


def test_a_disclosure_is_never_changed_or_deleted(consent, ask):
    consent()
    row = ask().disclosure
    for change in (lambda: Disclosure.objects.update(description="Nothing"), row.delete):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


@pytest.mark.django_db(transaction=True)
def test_a_refusal_stays_in_the_log_when_all_around_it_is_rolled_back(facility, clerk, patient):
    with pytest.raises(Refused), transaction.atomic():
        leaving.ask(patient, facility, clerk, data_classes=["plan", "intake"])
    rows = AccessEvent.objects.filter(patient_id=patient.pk, outcome="denied")
    assert sorted(rows.values_list("data_class", "code")) == [
        (DataClass.INTAKE, "consent.missing"),
        (DataClass.PLAN, "consent.missing"),
    ]


def is_waited_for() -> bool:
    """Somebody waits for a lock in this database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
        return cursor.fetchone()[0]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", ["revocation", "disclosure"])
def test_a_revocation_comes_before_or_after_a_disclosure_never_between(first, facility):
    clerk = factories.person(Role.CLERK, facility)
    patient = factories.patient(facility)
    row = leaving.consent(patient, facility, clerk)
    acts = {
        "revocation": lambda: leaving.revoke(row, clerk),
        "disclosure": lambda: leaving.ask(patient, facility, clerk),
    }
    other, found = ({"revocation", "disclosure"} - {first}).pop(), []

    def later() -> None:
        try:
            with transaction.atomic():
                acts[other]()
        except Refused as error:
            found.append(error.code)
        finally:
            connection.close()

    thread = threading.Thread(target=later)
    with transaction.atomic():
        acts[first]()
        thread.start()
        while not is_waited_for():
            assert thread.is_alive()
    thread.join()
    assert found == (["consent.revoked"] if first == "revocation" else [])
    assert Disclosure.objects.filter(consent=row).count() == (first == "disclosure")
    assert Consent.objects.get(pk=row.pk).revoked_at
