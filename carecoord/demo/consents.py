"""Notice, consents and restrictions of the demo's people: signed, declined, drafted, ending soon, taken back."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import time_machine

from accounts.models import User
from accounts.roles import Role
from carecoord.demo.house import House
from carecoord.demo.privacy import sign
from carecoord.demo.stories import Life
from chart.services.revocation import revoke
from core.times import day_of
from patients import services as patients
from records import services as records
from records.choices import Choices, Named
from records.models import Consent, Purpose
from records.services.revocations import Writing

HOUSING = ("appointment", "activity")


def tell_more(house: House, people: list[Life], now: datetime) -> None:
    """A handful of people with more than the usual consent, so that each state can be seen."""
    open_ones = [life for life in people if life.patient.episodes.open().exists() and life.patient.birth_date]
    for number, life in enumerate(open_ones[:24]):
        with time_machine.travel(now - timedelta(hours=3 + number), tick=False):
            STORIES[number % len(STORIES)](life, day_of(now, house.facility.tz))
    clerk = house.staff[Role.CLERK][0]
    for life in open_ones[24:30]:
        with time_machine.travel(now - timedelta(hours=1), tick=False):
            _restrict(life, clerk, agreed=life is not open_ones[24])


def _to_partner(life: Life, today: date) -> None:
    """To the partner who sent the person, until care ends."""
    partner = life.random.choice(life.house.partners)
    named = Named("provider", partner.name, ", ".join(filter(None, (partner.line, partner.city))), partner)
    _signed(life, _choices(life, recipients=(named,), data_classes=("plan", "assessment"), purposes=("treatment",)))


def _to_sister(life: Life, today: date) -> None:
    """To family, ending within the month."""
    last = today + timedelta(days=life.random.randint(3, 20))
    named = Named("person", f"Rosa {life.patient.family_name}", "Sister")
    choices = _choices(life, recipients=(named,), data_classes=("appointment",), purposes=(Purpose.FAMILY,))
    _signed(life, replace(choices, expiry="date", expires_on=last, ends_with_care=False))


def _for_housing(life: Life, today: date) -> None:
    """A draft that still lacks its recipient."""
    choices = _choices(life, recipients=(), data_classes=HOUSING, purposes=(Purpose.HOUSING,))
    records.begin_consent(patient=life.patient, facility=life.facility, choices=choices, by=life.intake)


def _taken_back(life: Life, today: date) -> None:
    """To an employer, taken back in a letter."""
    named = Named("entity", "Bright Harbor Bakery", "Human resources")
    choices = _choices(life, recipients=(named,), data_classes=("appointment",), purposes=(Purpose.EMPLOYMENT,))
    consent = _signed(life, choices)
    revoke(consent=consent, writing=Writing(words="I do not want my work to know any more."), by=life.intake)


STORIES = (_to_partner, _to_sister, _for_housing, _taken_back)


def _choices(life: Life, **changes: Any) -> Choices:
    """To somebody named, until care here ends."""
    language = "es" if life.patient.language == "es" else "en"
    base = Choices(
        language=language, discloser=f"{life.facility.name} and its staff", expiry="event", ends_with_care=True
    )
    return replace(base, **changes)


def _signed(life: Life, choices: Choices) -> Consent:
    consent = records.begin_consent(patient=life.patient, facility=life.facility, choices=choices, by=life.intake)
    return sign(consent, life.person.name, life.intake)


def _restrict(life: Life, clerk: User, *, agreed: bool) -> None:
    if life.random.random() < 0.4:
        patients.ask_restriction(
            patient=life.patient, facility=life.facility, kind="health-plan", paid_in_full=True,
            words="The laboratory test of this month, paid in full.", by=clerk,
        )  # fmt: skip
        return
    row = patients.ask_restriction(
        patient=life.patient, facility=life.facility, kind="disclosure", recipient_name="Former employer",
        words="Nothing to the place I worked before, whoever asks.", by=clerk,
    )  # fmt: skip
    if agreed:
        patients.agree_restriction(restriction=row, answer="Agreed.", by=clerk)
