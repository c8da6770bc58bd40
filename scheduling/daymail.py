"""The mail of a day before it goes: which messages, when, exactly as they will look, and which will not go."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q, QuerySet

from accounts.models import Facility, User
from core.labels import when_label
from records.models import ChannelConsent
from records.selectors import standing_consents
from scheduling import clock, links
from scheduling.mail import Mail, Matter, Skeletons, TellingWords, Wordlist, message, wordlist
from scheduling.mail.messages import Skeleton
from scheduling.models import Reminder
from scheduling.selectors.appointments import Row, nameable
from scheduling.selectors.ledger import code_label, reminder_row
from scheduling.services.batches import UNMADE
from scheduling.services.heldback import HELD_BACK, PASSING
from scheduling.services.reading import refusal

SAMPLE = "sample-link-that-opens-nothing"
PAGE_SIZE = 20
Status = Reminder.Status
GOES = (Status.DUE, Status.CLAIMED, Status.SENDING)
STAYS = (Status.SKIPPED, Status.FAILED, Status.IN_DOUBT)


@dataclass(frozen=True)
class Planned:
    """One message of the day: the rows it tells of, the first being the one that comes up, and its text."""

    reminders: Sequence[Reminder]
    mail: Mail | None = None
    code: str = ""  # why it will not go

    @property
    def first(self) -> Reminder:
        return self.reminders[0]


@dataclass(frozen=True)
class DayMail:
    """A page of the messages that go, and all that will not go, in time order and ready to print."""

    going: list[Row] = field(default_factory=list)
    staying: list[Row] = field(default_factory=list)
    total: int = 0
    first: int = 0
    more: bool = False


def day_mail(facility: Facility, user: User, day: date, *, first: int = 0) -> DayMail:
    """The messages of a day of the facility. Names and texts only of people the viewer may see.

    Eight queries at most, however many messages: one more to know whom the viewer may see.
    """
    planned = list(_planned(list(_of_day(facility, day)), facility, day))
    names = nameable(user, facility, [row.first.appointment.patient_id for row in planned])
    going = [row for row in planned if not row.code]
    staying = [row for row in planned if row.code]
    return DayMail(
        going=[_message_row(row, facility, names) for row in going[first : first + PAGE_SIZE]],
        staying=[_staying_row(reminder, row, facility, names) for row in staying for reminder in row.reminders],
        total=len(going),
        first=first,
        more=len(going) > first + PAGE_SIZE,
    )


def planned_with(reminder: Reminder) -> Planned:
    """The message that would tell of this row, with what else of that day it tells; or why there would be none."""
    facility, patient = reminder.appointment.facility, reminder.appointment.patient
    day = reminder.send_at.astimezone(facility.tz).date()
    rows = [row for row in _of_day(facility, day).filter(appointment__patient=patient) if row.pk != reminder.pk]
    waiting = sorted([reminder, *(row for row in rows if row.status in GOES)], key=lambda row: (row.send_at, row.pk))
    planned = _planned(waiting, facility, day, wanted=reminder)
    return next((row for row in planned if reminder in row.reminders), Planned([reminder], code="superseded"))


def _of_day(facility: Facility, day: date) -> QuerySet[Reminder]:
    begins, ends = clock.day_bounds(day, facility.tz)
    rows = Reminder.objects.filter(appointment__facility=facility, send_at__gte=begins, send_at__lt=ends)
    rows = rows.filter(Q(status__in=[*GOES, *STAYS]) | Q(status=Status.WITHDRAWN, code=HELD_BACK))
    return rows.select_related(
        "rule", "appointment__facility", "appointment__patient", "appointment__type", "appointment__offer"
    ).order_by("send_at", "pk")


def _planned(rows: list[Reminder], facility: Facility, day: date, wanted: Reminder | None = None) -> Iterator[Planned]:
    """All messages in time order; `wanted` is looked at as if it waited, whatever has become of it."""
    consents = standing_consents({row.appointment.patient_id for row in rows if row.appointment.patient_id})
    codes = {row.pk: "" if row == wanted else _settled(row) for row in rows}
    for row in rows:
        consent = consents.get((row.appointment.patient_id or 0, facility.pk))
        codes[row.pk] = codes[row.pk] or _refused(row, consent, day)
    words, skeletons = wordlist(facility), dict[tuple, Skeleton]()
    groups = _grouped([row for row in rows if not codes[row.pk]]) + [[row] for row in rows if codes[row.pk]]
    for group in sorted(groups, key=lambda group: (group[0].send_at, group[0].pk)):
        consent = consents.get((group[0].appointment.patient_id or 0, facility.pk))
        if code := codes[group[0].pk]:
            yield Planned(group, code=code)
        elif consent:
            yield _written(group, consent, words, skeletons)


def _settled(row: Reminder) -> str:
    return "" if row.status in GOES else row.code or "unmade"


def _refused(row: Reminder, consent: ChannelConsent | None, day: date) -> str:
    if row.appointment.starts_at <= row.send_at:
        return "started"
    if consent and consent.expires_on and consent.expires_on < day:
        return "no-consent"
    return refusal(row, row.appointment, consent)


def _grouped(rows: Sequence[Reminder]) -> list[list[Reminder]]:
    """As the workers will group them: with the first of a person about a day goes the first of each other visit."""
    about: dict[object, list[Reminder]] = {}
    for row in rows:
        visit = row.appointment
        is_offer = row.purpose == Reminder.Purpose.OFFER
        about.setdefault(row.pk if is_offer else (visit.patient_id, visit.wall_date), []).append(row)
    return [group for waiting in about.values() for group in _messages(waiting)]


def _messages(waiting: list[Reminder]) -> Iterator[list[Reminder]]:
    while waiting:
        group: dict[int, Reminder] = {}
        for row in waiting:
            group.setdefault(row.appointment_id, row)
        told = list(group.values())
        waiting = [row for row in waiting if row not in told]
        yield told


def _written(group: list[Reminder], consent: ChannelConsent, words: Wordlist, skeletons: Skeletons) -> Planned:
    rows = sorted(group, key=lambda row: row.appointment.starts_at)
    matters = [Matter(row, row.appointment, links.address("reply", SAMPLE)) for row in rows]
    try:
        mail = message(
            matters, consent, words, message_of=group[0], stop_url=links.address("opt_out", SAMPLE),
            skeletons=skeletons,
        )  # fmt: skip
    except TellingWords:
        return Planned(group, code="wording")
    except UNMADE:
        return Planned(group, code="unmade")
    return Planned(group, mail)


def _message_row(planned: Planned, facility: Facility, names: set[int]) -> Row:
    named = planned.first.appointment.patient_id in names
    rows = [reminder_row(row, facility, named) for row in planned.reminders]
    mail = planned.mail if named else None
    return rows[0] | {
        "at": when_label(planned.first.send_at, facility.tz),
        "visits": [row | {"may_hold": row["status_code"] == Status.DUE} for row in rows],
        "sender": mail.from_email if mail else "",
        "subject": mail.subject if mail else "",
        "text": mail.body if mail else "",
    }


def _staying_row(reminder: Reminder, planned: Planned, facility: Facility, names: set[int]) -> Row:
    row = reminder_row(reminder, facility, reminder.appointment.patient_id in names)
    held = reminder.status == Status.WITHDRAWN
    return row | {
        "why": code_label(planned.code),
        "at": when_label(reminder.send_at, facility.tz),
        "may_release": held or (reminder.status == Status.SKIPPED and reminder.code in PASSING),
    }
