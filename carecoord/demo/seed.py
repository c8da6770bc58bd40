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
from carecoord.demo.consents import tell_more
from carecoord.demo.glass import break_glass
from carecoord.demo.groups import hold_groups
from carecoord.demo.house import REASON, House, main_house, small_house
from carecoord.demo.leaving import let_records_leave
from carecoord.demo.looking import look_around
from carecoord.demo.papers import bring_papers
from carecoord.demo.people import Inventor
from carecoord.demo.series import begin_series
from carecoord.demo.stories import CARE, INTAKE, TREATMENT, WHOLE, Life, Step, tell
from carecoord.demo.waiting import put_on_waitlist
from core.times import day_bounds, day_of
from episodes import services as episodes
from episodes.models import Task
from patients import services as patients
from records.services import ensure_default_forms
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
    (9, [(1, stories.attend)], (2, 60)),
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
        for house in (main, small):
            ensure_default_forms(facility=house.facility, by=None, reason=REASON)
    say("Two facilities with their staff")
    people = _fill(main, now, share=1.0)
    say(f"{main.facility}: {len(people)} people")
    few = _fill(small, now, share=0.12)
    say(f"{small.facility}: {len(few)} people")
    hold_groups(main, [life for life in people if life.patient.episodes.open().exists()], now)
    hold_groups(small, few, now)
    begin_series(main, [life for life in people if life.patient.episodes.open().exists()], now)
    begin_series(small, few, now)
    put_on_waitlist(main, people, now)
    bring_papers(main, [life for life in people if life.patient.episodes.open().exists()], now)
    bring_papers(small, few, now)
    tell_more(main, people, now)
    let_records_leave(main, [life for life in people if life.patient.episodes.open().exists()], now)
    ask_desks(main, now)
    for house in (main, small):
        _see_to_safety(house, now)
    _works_at_both(main, small)
    _died(main, people)
    _settle_old_reminders(now)
    break_glass(main, [life for life in people if life.patient.episodes.open().exists()], now)
    for house in (main, small):
        look_around(house, now)


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
    idle += stories.hours_of(steps)
    life = tell(house, BOOKED, idle=idle + 24 * 9, now=now, visit_by=now - timedelta(hours=idle))
    with life.after(1):
        stories.confirm(life)
    life.at = life.visit.starts_at
    for hours, step in steps:
        with life.after(hours):
            step(life)
    return life


# Desk, what it is asked, in how many hours it is due (before now: overdue), and whether somebody has taken it.
REQUESTS = [
    (Role.INTAKE, "Call the county court back about its waiting list", -3, False),
    (Role.INTAKE, "Send the shelter the new opening hours", 2, False),
    (Role.INTAKE, "Write down how calls at night are answered", 4, True),
    (Role.PATIENT_CARE, "Name somebody for Thursday's case conference", -2, False),
    (Role.PATIENT_CARE, "Look through the housing list for free places", 3, False),
    (Role.PATIENT_CARE, "Sort the plan library's goals on housing", 4, True),
    (Role.TREATMENT, "Answer the payer about the price list", -4, False),
    (Role.TREATMENT, "Say which option texts need a second look", 3, False),
    (Role.TREATMENT, "Bring the price sheets in the front office up to date", 4, True),
    (Role.ACTIVITIES, "Order clay and paper for the open studio", -20, False),
    (Role.ACTIVITIES, "Tell the kitchen how many come on Friday", 2, False),
    (Role.ACTIVITIES, "Ask for a second room for the sound circle", 4, True),
    (Role.PHYSICIAN_SERVICES, "Get the renewed license that has lapsed", -24, True),
    (Role.PHYSICIAN_SERVICES, "Thank the hospital for its referrals of last month", -2, False),
    (Role.PHYSICIAN_SERVICES, "Call the clinic that asked for a second physician", 3, False),
    (Role.CLERK, "Send the archive its box list", -5, False),
    (Role.CLERK, "Check the labels of shelf 4", 2, False),
    (Role.CLERK, "Count the empty folders", 4, True),
    (Role.CLINICIAN, "Say which hours of next month are free for assessments", -6, False),
    (Role.CLINICIAN, "Cover the phone for the on-call nurse", 2, False),
    (Role.PRIVACY_OFFICER, "Look through last week's refusals", -2, False),
    (Role.PRIVACY_OFFICER, "Read the new notice of privacy practices", 3, False),
    (Role.TECHNICAL, "Put the two new rooms into the list", -4, False),
    (Role.TECHNICAL, "Add the physician who begins on Monday", 3, False),
    (Role.CLINICAL_COORDINATOR, "Say who covers intake this afternoon", -1, False),
    (Role.CLINICAL_COORDINATOR, "Approve the vacation cover for the physicians", 3, False),
]


def ask_desks(house: House, now: datetime) -> None:
    """Requests without a patient: every desk has something overdue, something due today and something to take.

    What is due in some hours is due today all the same, however late in the day the demo is made.
    """
    by = house.staff[Role.CLINICAL_COORDINATOR][0]
    _, midnight = day_bounds(day_of(now, house.facility.tz), house.facility.tz)
    for role, text, hours, taken in REQUESTS:
        due_at = min(now + timedelta(hours=hours), midnight - timedelta(seconds=1))
        task = episodes.ask(facility=house.facility, kind="request", text=text, owner_role=role, due_at=due_at, by=by)
        if taken:
            episodes.take_task(task=task, by=house.staff[role][0])


def _see_to_safety(house: House, now: datetime) -> None:
    """A positive safety answer was acted on within its fifteen minutes, unless it was given just now."""
    urgent = Task.objects.open().filter(facility=house.facility, priority=Task.Priority.URGENT)
    for task in urgent.filter(due_at__lt=now - timedelta(hours=6)):
        by = house.staff[task.owner_role][0]
        with time_machine.travel(task.due_at - timedelta(minutes=5), tick=False):
            episodes.take_task(task=task, by=by)
            episodes.close_task(task=task, by=by, outcome="Seen at once; a safety plan is written.")


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
