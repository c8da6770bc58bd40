"""Messages that wait for their time, and with it on the consent to be written to."""

from django.db.models import QuerySet

from accounts.models import Facility
from patients.models import Patient
from scheduling.models import Reminder


def waiting_messages(patient: Patient, facility: Facility) -> "QuerySet[Reminder]":
    """What has not begun to leave: exactly what stops when the consent is taken back. The next to go first."""
    rows = Reminder.objects.filter(
        appointment__patient=patient,
        appointment__facility=facility,
        status__in=[Reminder.Status.DUE, Reminder.Status.CLAIMED],
    )
    return rows.order_by("send_at", "pk")
