"""One person in the demo: the story so far, and the clock it is lived by."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import time_machine
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from carecoord.demo.house import House
from carecoord.demo.people import Invented
from careplans.models import Assessment, CarePlan, PlanPresentation
from episodes.models import EpisodeOfCare
from intake.models import Referral
from patients.models import Patient
from records.models import Document
from scheduling.models import Appointment


class Life:
    """A person's story so far, and the clock it is lived by."""

    patient: Patient
    referral: Referral
    plan: CarePlan
    assessment: Assessment
    presentation: PlanPresentation
    visit: Appointment

    def __init__(self, house: House, person: Invented, at: datetime, visit_by: datetime | None = None) -> None:
        self.house, self.person, self.at, self.visit_by = house, person, at, visit_by
        self.random = house.inventor.random
        self.facility = house.facility
        self.intake = house.someone(Role.INTAKE)
        self.care = house.someone(Role.PATIENT_CARE)
        self.treatment = house.someone(Role.TREATMENT)
        self.physician = self.random.choice([row for row in house.physicians if row.user])
        self.doctor: User = self.physician.user  # type: ignore[assignment]  # chosen among those who have one
        self.by_mail = self.random.random() < 0.8

    @property
    def episode(self) -> EpisodeOfCare:
        return self.patient.episodes.open().get()

    @contextmanager
    def after(self, hours: float) -> Iterator[None]:
        """That many hours later, never later than a minute ago."""
        self.at = min(self.at + timedelta(hours=hours), timezone.now() - timedelta(minutes=1))
        with time_machine.travel(self.at, tick=False):
            yield

    def document(self, kind: str) -> Document:
        return self.patient.documents.filter(kind=kind, status="current").latest("pk")
