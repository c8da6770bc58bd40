"""Whether the notice of privacy practices was given, and which."""

from accounts.models import Facility
from patients.models import Patient
from records.models import Notice


def notices_given(patient: Patient, facility: Facility) -> list[Notice]:
    """Each time the notice was given here, newest first. One query."""
    rows = Notice.objects.filter(patient__in=patient.same_person, facility=facility).order_by("-given_at", "-pk")
    return list(rows.select_related("notice_version", "given_by", "signature__document").defer("notice_version__text"))
