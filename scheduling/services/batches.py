"""From claimed rows to messages ready to leave: who is told what in which message, and who is not."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.template import TemplateSyntaxError

from accounts.models import Facility
from scheduling import links
from scheduling.mail import Mail, Matter, Skeletons, TellingWords, Wordlist, message, wordlist
from scheduling.models import AppointmentLink, Reminder
from scheduling.services.limits import domain_of, over_limit, paused_domains
from scheduling.services.marks import Secret, keep_links, settle
from scheduling.services.reading import Owed, later, missed, read, refusal

Status = Reminder.Status
# What a message that cannot be made raises: a bad address, a zone or a template that is not there.
UNMADE = (ValueError, LookupError, TypeError, AttributeError, TemplateSyntaxError)


@dataclass(frozen=True)
class Verdict:
    """What becomes of a row that is not sent now."""

    status: str
    code: str = ""
    send_at: datetime | None = None


WAITS = Verdict(Status.DUE)  # as if it had not been claimed


@dataclass(frozen=True)
class Outgoing:
    """A message ready to leave, and the rows it tells of; the first is the one that was due."""

    rows: Sequence[Owed]
    mail: Mail
    domain: str

    @property
    def pks(self) -> list[int]:
        return [row.reminder.pk for row in self.rows]

    @property
    def seen(self) -> list[str]:
        return [row.seen for row in self.rows]

    @property
    def first(self) -> Reminder:
        return self.rows[0].reminder


@dataclass
class Workshop:
    """What one run of a worker keeps between messages, and how its rows ended."""

    worker: str
    words: dict[int, Wordlist] = field(default_factory=dict)
    skeletons: Skeletons = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def words_of(self, facility: Facility) -> Wordlist:
        if facility.pk not in self.words:
            self.words[facility.pk] = wordlist(facility)
        return self.words[facility.pk]


def outgoing(pks: Collection[int], shop: Workshop) -> list[Outgoing]:
    """Read these rows and all they depend on, now; the messages to send. What does not go is settled."""
    rows = read(pks, shop.worker)
    verdicts = {row.reminder.pk: verdict for row in rows if (verdict := judge(row))}
    verdicts |= _overtaken([row for row in rows if row.reminder.pk not in verdicts])
    groups = _grouped([row for row in rows if row.reminder.pk not in verdicts], verdicts)
    groups = _within_limits(groups, verdicts)
    ready: list[Outgoing] = []
    secrets: list[Secret] = []
    for group in groups:
        made = _made(group, shop)
        if isinstance(made, Verdict):
            verdicts |= {row.reminder.pk: made for row in group}
        else:
            ready.append(made[0])
            secrets += made[1]
    keep_links(secrets)
    _settle_all(verdicts, shop)
    return ready


def judge(row: Owed) -> Verdict | None:
    """Why a row does not go now; None if it may. What would go later today is only told along, or waits."""
    reminder, appointment = row.reminder, row.appointment
    if until := later(reminder, appointment):
        return Verdict(Status.DUE, send_at=max(until, reminder.send_at))
    code = refusal(reminder, appointment, row.consent) or missed(reminder, appointment)
    if not code:
        return None
    return Verdict(Status.SKIPPED, code) if row.is_due else WAITS


def _overtaken(rows: Sequence[Owed]) -> dict[int, Verdict]:
    """Of several due at once about one appointment, after an outage, only the last says what is still of use."""
    due = [row for row in rows if row.is_due]
    last = {(row.appointment.pk, row.reminder.purpose): row.reminder.pk for row in due}
    gone = [row.reminder.pk for row in due if last[row.appointment.pk, row.reminder.purpose] != row.reminder.pk]
    return dict.fromkeys(gone, Verdict(Status.SKIPPED, "overtaken"))


def _grouped(rows: Sequence[Owed], verdicts: dict[int, Verdict]) -> list[list[Owed]]:
    """One group for each message: a person's appointments of a day at a facility. The due row comes first."""
    groups: dict[object, list[Owed]] = {}
    for row in rows:
        visit = row.appointment
        is_offer = row.reminder.purpose == Reminder.Purpose.OFFER
        about = row.reminder.pk if is_offer else (visit.patient_id, visit.facility_id, visit.wall_date)
        groups.setdefault(about, []).append(row)
    for group in groups.values():
        if not group[0].is_due:
            verdicts |= {row.reminder.pk: WAITS for row in group}
    return [group for group in groups.values() if group[0].is_due]


def _within_limits(groups: list[list[Owed]], verdicts: dict[int, Verdict]) -> list[list[Owed]]:
    """Without those that would be too many for their domain in this minute, or whose domain asked for a pause."""
    domains = {group[0].reminder.pk: _domain(group) for group in groups}
    paused = paused_domains(set(domains.values()))
    held = {pk: Verdict(Status.DUE, "domain-paused", paused[to]) for pk, to in domains.items() if to in paused}
    wishes = {pk: domain for pk, domain in domains.items() if pk not in held}
    held |= {pk: Verdict(Status.DUE, "domain-limit", at) for pk, at in over_limit(wishes).items()}
    for group in groups:
        if verdict := held.get(group[0].reminder.pk):
            verdicts |= {row.reminder.pk: verdict if row.is_due else WAITS for row in group}
    return [group for group in groups if group[0].reminder.pk not in held]


def _domain(group: Sequence[Owed]) -> str:
    consent = group[0].consent
    return domain_of(consent.contact_point.value) if consent and consent.contact_point else ""


def _made(group: Sequence[Owed], shop: Workshop) -> tuple[Outgoing, list[Secret]] | Verdict:
    """The message about a group and the links it carries, or why there can be none."""
    group = sorted(group, key=lambda row: (not row.is_due, row.appointment.starts_at))
    first, tokens, stop = group[0], [links.new_token() for _ in group], links.new_token()
    if first.consent is None:
        return Verdict(Status.SKIPPED, "no-consent")
    matters = [
        Matter(row.reminder, row.appointment, links.address("reply", token))
        for row, token in zip(group, tokens, strict=True)
    ]
    matters.sort(key=lambda matter: matter.appointment.starts_at)
    try:
        mail = message(
            matters, first.consent, shop.words_of(first.appointment.facility),
            message_of=first.reminder, stop_url=links.address("opt_out", stop), skeletons=shop.skeletons,
        )  # fmt: skip
    except TellingWords:
        return Verdict(Status.FAILED, "wording")
    except UNMADE:
        return Verdict(Status.FAILED, "unmade")
    purpose = AppointmentLink.Purpose
    secrets = [Secret(row.reminder, purpose.REPLY, token) for row, token in zip(group, tokens, strict=True)]
    secrets.append(Secret(first.reminder, purpose.OPT_OUT, stop))
    return Outgoing(group, mail, _domain(group)), secrets


def _settle_all(verdicts: dict[int, Verdict], shop: Workshop) -> None:
    alike: dict[Verdict, list[int]] = {}
    for pk, verdict in verdicts.items():
        alike.setdefault(verdict, []).append(pk)
    for verdict, pks in alike.items():
        changes: dict[str, Any] = {"send_at": verdict.send_at} if verdict.send_at else {}
        found = settle(pks, worker=shop.worker, status=verdict.status, code=verdict.code, **changes)
        shop.counts[verdict.status] += found
