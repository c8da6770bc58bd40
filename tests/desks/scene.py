"""A facility at work: somebody in every state that a desk shows. Everybody is invented."""

from datetime import timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from accounts.models import Facility, User
from accounts.roles import Role
from careplans import services as careplans
from episodes import services as episodes
from intake import services as intake_services
from patients import services as patients
from patients.models import Patient
from records import services as records
from staff.models import Credential, Practitioner
from tests import factories
from tests.careplans import scene as plans
from tests.intake import rows as intake_rows
from tests.scheduling import stage

NAMES = (
    "Rivera Marisol, Okafor Daniel, Nguyen Linh, Petrov Alexei, Brooks Tanya, Haddad Samir, O'Neill Aoife, "
    "Castellanos-Whitfield Maximiliana, Kim Jae, Larsen Signe, Mbeki Thandi, Novak Petra"
).split(", ")


class House:
    """The people who work at a facility, and the making of those who are in care there."""

    def __init__(self, facility: Facility, people: dict[str, User]) -> None:
        self.facility, self.people, self.names = facility, people, count()
        self.physician = factories.practitioner(facility, user=people[Role.CLINICIAN])
        stage.hours(self.physician, facility)
        self.room = factories.LocationFactory(facility=facility, name="Room 4")
        self.visit = stage.visit_type(facility, practitioner_kind="physician", required_credential="license")
        self.taken = count()

    def somebody(self, owner: str, due: timedelta = timedelta(hours=20)) -> Patient:
        """A person in an open episode whose baton the desk's person holds."""
        number = next(self.names)
        family, given = NAMES[number % len(NAMES)].rsplit(" ", 1)
        patient = factories.patient(self.facility, family_name=family, given_name=f"{given}{number // 12 or ''}")
        by = self.people[owner]
        episode = factories.episode(patient, self.facility, by=by, role=owner)
        episodes.set_next_step(episode=episode, next_step="Call about the visit", due_at=timezone.now() + due, by=by)
        patients.add_care_team_member(patient=patient, user=by, facility=self.facility, role=owner, by=by)
        return patient

    def join(self, patient: Patient, *roles: str) -> Patient:
        for role in roles:
            user = self.people[role]
            patients.add_care_team_member(patient=patient, user=user, facility=self.facility, role=role, by=user)
        return patient

    def handed(self, from_role: str, to_role: str, due: timedelta = timedelta(hours=4)) -> None:
        patient = self.somebody(from_role)
        episodes.send_handoff(
            episode=patient.episodes.get(), from_role=from_role, to_role=to_role, next_step="Read the packet",
            due_at=timezone.now() + due, by=self.people[from_role],
        )  # fmt: skip

    def referral(self, minutes: int) -> Any:
        family, given = NAMES[next(self.names) % len(NAMES)].rsplit(" ", 1)
        received = timezone.now() - timedelta(minutes=minutes)
        fields = {"given_name": given, "family_name": family, "received_at": received, "phone": ""}
        return intake_rows.referral(self.facility, self.people[Role.INTAKE], **fields)

    def intake_under_way(self) -> Patient:
        found = self.referral(90)
        intake_services.accept_referral(referral=found, by=self.people[Role.INTAKE])
        intake_rows.coverage(found.patient, self.people[Role.INTAKE])
        return found.patient

    def booked(self, patient: Patient) -> None:
        moment = stage.at(1 + next(self.taken) // 8, 9 + next(self.taken) // 2 % 8, facility=self.facility)
        stage.visit(
            patient, self.physician, self.visit, by=self.people[Role.TREATMENT], starts_at=moment, location=self.room
        )

    def path(self) -> None:
        """One more person in each state of care: plan due, plan shared, packet, options shown, option signed."""
        care, treatment = self.people[Role.PATIENT_CARE], self.people[Role.TREATMENT]
        self.handed(Role.INTAKE, Role.PATIENT_CARE)
        episodes.accept_handoff(handoff=self._last_handoff(), by=care)
        shared = self.join(self.somebody(Role.PATIENT_CARE), Role.CLINICIAN, Role.ACTIVITIES)
        careplans.share_plan(plan=plans.plan(shared, care), by=care)
        careplans.request_assessment(patient=shared, clinician=self.people[Role.CLINICIAN], by=care)
        self._packet()
        for _ in range(2):
            plans.option(self._packet(), treatment)
        ready = self._packet()
        plans.option(ready, treatment)
        plans.option(ready, treatment, "Intensive outpatient")
        undecided = plans.presentation(self._packet(), treatment)
        type(undecided).objects.filter(pk=undecided.pk).update(presented_at=timezone.now() - timedelta(days=5))
        plans.accept(plans.presentation(self._packet(), treatment), treatment)

    def envelopes(self) -> None:
        """One received, one accepted, one returned, one filed."""
        clerk = self.people[Role.CLERK]
        self._envelope()
        records.accept_submission(submission=self._envelope(), by=clerk)
        returned = records.accept_submission(submission=self._envelope(), by=clerk)
        records.return_submission(submission=returned, reason="Page 2 is missing.", by=clerk)
        filed = records.accept_submission(submission=self._envelope(), by=clerk)
        records.file_submission(submission=filed, location="Shelf 4, box 12", by=clerk)

    def credential(self, days: int, **fields: Any) -> Credential:
        """Of the physician if none is named."""
        fields = {"practitioner": self.physician, "kind": Credential.Kind.DEA, "state": "NY", **fields}
        return stage.saved(Credential(expires_on=timezone.localdate() + timedelta(days=days), **fields))

    def busy(self, times: int = 1) -> "House":
        """Something on every tile, so many times."""
        for turn in range(times):
            self.referral(12 + 20 * turn)
            self.booked(self.intake_under_way())
            for to_role in (Role.PATIENT_CARE, Role.CLINICIAN, Role.ACTIVITIES, Role.TREATMENT):
                self.handed(Role.INTAKE, to_role, timedelta(hours=turn * 5 - 2))
            self.path()
            self.envelopes()
            self.somebody(Role.TREATMENT, timedelta(hours=-3))
            for owner in (Role.INTAKE, Role.PATIENT_CARE, Role.TREATMENT, Role.CLINICIAN):
                self.booked(self.somebody(owner, timedelta(hours=2 - turn * 30)))
            for days in (-3, 12, 45, 80):
                self.credential(days + turn)
        return self

    def _packet(self) -> Any:
        patient = self.join(self.somebody(Role.PATIENT_CARE), Role.CLINICIAN)
        return plans.packet(patient, self.people[Role.CLINICIAN])

    def _last_handoff(self) -> Any:
        return self.people[Role.INTAKE].handoffs_sent.latest("pk")

    def _envelope(self) -> Any:
        patient, by = self.somebody(Role.INTAKE), self.people[Role.INTAKE]
        paper = records.create_document(
            patient=patient, facility=self.facility, kind="intake-packet", title="Intake packet", text="Text.", by=by
        )
        return records.submit_record(patient=patient, facility=self.facility, documents=[paper], page_count=1, by=by)


def practitioner(facility: Facility, family_name: str) -> Practitioner:
    return factories.practitioner(facility, family_name=family_name)
