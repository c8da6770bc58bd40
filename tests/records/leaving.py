"""What the tests of leaving the house begin with: consents as they are signed, and the question put by default."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.roles import DataClass
from core import audit
from patients.models import Restriction
from records import services
from records.disclosing import Recipient
from records.models import Channel, Consent, ConsentForm, ConsentRecipient, Document, Purpose
from records.services.preflight import preflight

CLINIC = Recipient("Lakeside Clinic", kind=ConsentRecipient.Kind.PROVIDER, address="4 Lake Street")
PLAN = Recipient("Blue Valley Health Plan", kind=ConsentRecipient.Kind.PAYER)
COURT = Recipient("County Court", kind=ConsentRecipient.Kind.COURT)


def form_of(facility, category, by) -> ConsentForm:
    words = {"redisclosure": "It may be redisclosed.", "consequences": "Care does not depend on it."}
    found = ConsentForm.objects.filter(facility=facility, category=category, retired_at__isnull=True).first()
    form = ConsentForm(
        facility=facility, category=category, number=1, title="Consent", revocation="In writing.", **words
    )
    return found or audit.save(form, by=by)


def consent(patient, facility, by, *, signed=True, to=(("provider", "Lakeside Clinic"),), **fields: Any) -> Consent:
    """An active consent: by default, the care plan and the assessment go to the clinic for treatment, for a year."""
    defaults = {
        "category": "disclosure",
        "data_classes": [DataClass.PLAN, DataClass.ASSESSMENT],
        "purposes": [Purpose.TREATMENT],
        "discloser": "Harbor House",
        "description": "Care plan and assessments",
        "expiry": "date",
        "expires_on": timezone.localdate() + timedelta(days=365),
    }
    row = Consent(patient=patient, facility=facility, author=by, **(defaults | fields))
    audit.save(row, by=by)
    for kind, name in to:
        audit.save(ConsentRecipient(consent=row, kind=kind, name=name), by=by)
    return sign(row, by) if signed else row


def sign(row: Consent, by) -> Consent:
    row.form = form_of(row.facility, row.category, by)
    row.document = services.create_document(
        patient=row.patient,
        facility=row.facility,
        kind=Document.Kind.CONSENT,
        title="Consent",
        text="I agree.\n",
        by=by,
    )
    row.signature = services.sign_document(
        document=row.document, signer_name="Marisol Rivera", signer_role="patient", method="typed", witness=by, by=by
    )
    row.status, row.activated_at = Consent.Status.ACTIVE, timezone.now()
    return audit.save(row, by=by)


def revoke(row: Consent, by) -> Consent:
    row = Consent.objects.select_for_update(no_key=True).get(pk=row.pk)
    row.status, row.revoked_at, row.revoked_via = Consent.Status.INACTIVE, timezone.now(), "in writing"
    return audit.save(row, by=by)


def restrict(patient, facility, by, **fields: Any) -> Restriction:
    fields = {"kind": "disclosure", "status": "active", "words": "Not to them.", **fields}
    return audit.save(Restriction(patient=patient, facility=facility, **fields), by=by)


def ask(patient, facility, by, **fields: Any):
    """The care plan to the clinic, for treatment, on paper."""
    defaults: dict[str, Any] = {
        "recipient": CLINIC,
        "purpose": Purpose.TREATMENT,
        "data_classes": [DataClass.PLAN],
        "channel": Channel.PAPER,
        "description": "The care plan",
    }
    return preflight(patient=patient, facility=facility, by=by, **(defaults | fields))
