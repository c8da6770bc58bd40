"""Disclosures told by people: in a medical emergency, and the correction of one that was recorded wrongly."""

from collections.abc import Iterable
from copy import copy
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Facility, User
from accounts.roles import Role
from core.errors import DomainError
from core.ids import uuid7
from episodes import services as episodes
from episodes.models import Task
from patients.models import Patient
from records.disclosing import Recipient
from records.models import Basis, ConsentRecipient, Disclosure, Purpose
from records.services.preflight import preflight

LOOK_WITHIN = timedelta(hours=24)
EMERGENCY_TOLD = "emergency-disclosed"


@transaction.atomic
def disclose_in_emergency(
    *,
    patient: Patient,
    facility: Facility,
    recipient_name: str,
    affiliation: str,
    contact: str,
    emergency: str,
    told: str,
    data_classes: Iterable[str],
    channel: str,
    by: User,
) -> Disclosure:
    """Record at once what outside medical personnel were told in an emergency (42 CFR 2.51(c)).

    The privacy officer is asked to look at it. This opens no chart: that is break-glass, another thing.
    Raises Refused if the affiliation or the nature of the emergency is not given, or a counseling note is in it.
    """
    doctor = Recipient(recipient_name, ConsentRecipient.Kind.PROVIDER, affiliation=affiliation, address=contact)
    permit = preflight(
        patient=patient, facility=facility, recipient=doctor, purpose=Purpose.TREATMENT, data_classes=data_classes,
        channel=channel, description=told, basis=Basis.MEDICAL_EMERGENCY, emergency=emergency, by=by,
    )  # fmt: skip
    disclosure: Any = permit.disclosure
    episodes.ask(
        facility=facility,
        patient=patient,
        kind=EMERGENCY_TOLD,
        text="Look at a disclosure in a medical emergency",
        owner_role=Role.PRIVACY_OFFICER,
        due_at=timezone.now() + LOOK_WITHIN,
        priority=Task.Priority.URGENT,
        focus=disclosure,
        by=by,
    )
    return disclosure


@transaction.atomic
def correct_disclosure(
    *,
    disclosure: Disclosure,
    sent: bool,
    recipient_name: str,
    recipient_affiliation: str,
    recipient_address: str,
    description: str,
    by: User,
) -> Disclosure:
    """Append what is right; the row before stays as it is. `sent` False says that it never left after all.

    What permitted it, the kinds of record and the packet stay: another disclosure is another row.
    Raises DomainError if it has been corrected already.
    """
    Patient.objects.select_for_update(no_key=True).get(pk=disclosure.patient_id)
    if disclosure.corrections.exists():
        raise DomainError("This was corrected already; correct the correction.", code="disclosure.corrected")
    row = copy(disclosure)
    row.pk, row.uuid, row.corrects, row.by, row.sent = None, uuid7(), disclosure, by, sent
    row.recipient_name, row.recipient_affiliation = recipient_name.strip(), recipient_affiliation.strip()
    row.recipient_address, row.description = recipient_address.strip(), description.strip()
    row.save(force_insert=True)
    return row
