"""The whole demo: who waits where, a month of groups behind and a week ahead."""

from collections.abc import Callable
from datetime import datetime, timedelta

import time_machine
from django.db import transaction
from django.utils import timezone

from accounts.models import Facility
from accounts.roles import Role
from accounts.services import begin_membership
from carecoord.demo import stories
from carecoord.demo.groups import hold_groups
from carecoord.demo.house import REASON, House, main_house, small_house
from carecoord.demo.people import Inventor
from carecoord.demo.stories import CARE, INTAKE, TREATMENT, WHOLE, Life, Step, tell
from episodes import services as episodes
from patients import services as patients
from scheduling.models import Reminder

# How many people wait after which step, and how long ago that was (in hours, from a range).
Waiting = tuple[int, list[Step], tuple[float, float]]
BOOKED: list[Step] = [*WHOLE, (1, stories.book)]
WAITING: list[Waiting] = [
    (8, INTAKE[:1], (0.05, 1.6)),
    (3, INTAKE[:3], (1, 20)),
    (4, INTAKE[:6], (2, 30)),
    (3, INTAKE[:9], (2, 20)),
    (5, INTAKE, (0.5, 7)),
    (2, [*INTAKE, (2, stories.give_back)], (1, 9)),
    (5, [*INTAKE, *CARE[:1]], (2, 30)),
    (5, [*INTAKE, *CARE[:3]], (3, 40)),
    (8, [*INTAKE, *CARE[:4]], (3, 60)),
    (7, [*INTAKE, *CARE[:5]], (3, 40)),
    (4, [*INTAKE, *CARE], (1, 20)),
    (4, [*INTAKE, *CARE, *TREATMENT[:1]], (0.5, 6)),
    (5, [*INTAKE, *CARE, *TREATMENT[:3]], (2, 30)),
    (7, WHOLE[:-1], (10, 120)),
    (7, WHOLE, (1, 40)),
    (9, BOOKED, (0.1, 1)),
    (9, [*BOOKED, (2, stories.answer)], (0.1, 2)),
]
# A visit whose time has come: booked some days ago, then attended or missed.
PAST: list[tuple[int, list[Step], tuple[float, float]]] = [
    (9, [(1, stories.attend)], (2, 200)),
    (3, [(1, stories.attend), (2, stories.hand_to_activities)], (0.5, 7)),
    (3, [(1, stories.miss)], (2, 30)),
    (4, [(1, stories.attend), (3, stories.submit)], (1, 30)),
    (2, [(1, stories.attend), (3, stories.submit), (4, stories.clerk_accepts)], (1, 12)),
    (2, [(1, stories.attend), (3, stories.submit), (4, stories.clerk_returns)], (1, 30)),
    (3, [(1, stories.attend), (3, stories.submit), (4, stories.clerk_accepts), (1, stories.clerk_files)], (2, 90)),
    (5, [(1, stories.attend), (200, stories.finish)], (20, 200)),
]
DECLINED = 5


@transaction.atomic
def seed(*, say: Callable[[str], None]) -> None:
    """Write the demo into an empty database. Raises ValueError if there is a facility already."""
    if Facility.objects.exists():
        raise ValueError("There is a facility already; the demo is only written into an empty database.")
    now = timezone.now()
    inventor = Inventor(seed=42)
    with time_machine.travel(now - timedelta(days=400), tick=False):
        main = main_house(inventor, now.astimezone().date())
        small = small_house(inventor, now.astimezone().date())
    say("Two facilities with their staff")
    people = _fill(main, now, share=1.0)
    say(f"{main.facility}: {len(people)} people")
    few = _fill(small, now, share=0.12)
    say(f"{small.facility}: {len(few)} people")
    hold_groups(main, [life for life in people if life.patient.episodes.open().exists()], now)
    hold_groups(small, few, now)
    _ask_desks(main, now)
    _works_at_both(main, small)
    _died(main, people)
    _settle_old_reminders(now)


def _fill(house: House, now: datetime, *, share: float) -> list[Life]:
    chance = house.inventor.random
    lives = []
    for number, steps, (least, most) in WAITING:
        for _ in range(max(1, round(number * share))):
            lives.append(tell(house, steps, idle=chance.uniform(least, most), now=now))
    for number, steps, (least, most) in PAST:
        for _ in range(round(number * share)):
            lives.append(_tell_past(house, steps, idle=chance.uniform(least, most), now=now))
    for _ in range(round(DECLINED * share)):
        tell(house, [*INTAKE[:2], (1, stories.decline)], idle=chance.uniform(20, 400), now=now)
    return lives


def _tell_past(house: House, steps: list[Step], *, idle: float, now: datetime) -> Life:
    """Book early enough that the visit is over before the steps that follow it."""
    idle += stories.hours_of(steps[1:])
    life = tell(house, BOOKED, idle=idle + 24 * 9, now=now)
    with life.after(1):
        stories.confirm(life)
    life.at = life.visit.starts_at
    for hours, step in steps:
        with life.after(hours):
            step(life)
    return life


# Desk, what it is asked, and in how many hours (before now: overdue).
REQUESTS = [
    (Role.INTAKE, "Call the county court back about its waiting list", -3),
    (Role.ACTIVITIES, "Order clay and paper for the open studio", -20),
    (Role.ACTIVITIES, "Tell the kitchen how many come on Friday", 2),
    (Role.PHYSICIAN_SERVICES, "Get the renewed license that has lapsed", -24),
    (Role.PHYSICIAN_SERVICES, "Call the clinic that asked for a second physician", 3),
    (Role.CLERK, "Send the archive its box list", -5),
    (Role.CLERK, "Check the labels of shelf 4", 2),
    (Role.PRIVACY_OFFICER, "Look through last week's refusals", -2),
    (Role.PRIVACY_OFFICER, "Read the new notice of privacy practices", 3),
    (Role.TECHNICAL, "Put the two new rooms into the list", -4),
    (Role.TECHNICAL, "Add the physician who begins on Monday", 3),
    (Role.CLINICAL_COORDINATOR, "Say who covers intake this afternoon", -1),
    (Role.CLINICAL_COORDINATOR, "Approve the holiday cover for the physicians", 3),
]


def _ask_desks(house: House, now: datetime) -> None:
    """Requests without a patient, so that every desk has something overdue and something due today."""
    by = house.staff[Role.CLINICAL_COORDINATOR][0]
    for role, text, hours in REQUESTS:
        due_at = now + timedelta(hours=hours)
        episodes.ask(facility=house.facility, kind="request", text=text, owner_role=role, due_at=due_at, by=by)


def _works_at_both(main: House, small: House) -> None:
    """The clinical coordinator looks after both facilities."""
    user = main.staff[Role.CLINICAL_COORDINATOR][0]
    with time_machine.travel(timezone.now() - timedelta(days=300), tick=False):
        begin_membership(user=user, facility=small.facility, role=Role.CLINICAL_COORDINATOR, by=None, reason=REASON)


def _died(house: House, people: list[Life]) -> None:
    """One person has died: marked everywhere, and never reminded."""
    life = people[-1]
    patients.mark_deceased(patient=life.patient, at=timezone.now() - timedelta(days=3), by=None, reason=REASON)


def _settle_old_reminders(now: datetime) -> None:
    """What was due before today was sent in its time; what is due for a visit to come goes out by itself."""
    old = Reminder.objects.filter(send_at__lt=now, appointment__starts_at__lt=now)
    for reminder in old.exclude(status=Reminder.Status.SENT):
        Reminder.objects.filter(pk=reminder.pk).update(status=Reminder.Status.SENT, sent_at=reminder.send_at)
