"""Reminders on their way: claimed with a lease, marked before each message leaves, never sent twice."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.utils import timezone

from scheduling.mail import envelope_sender, message_id
from scheduling.models import Reminder
from scheduling.services.batches import Outgoing, Workshop, judge, outgoing
from scheduling.services.claims import claim, release_expired_leases
from scheduling.services.line import SLOW_DOWN, Line, MailServerAway, Outcome
from scheduling.services.marks import leave, prepare_leave, record, settle

Status = Reminder.Status
WORTH_A_LANE = 100
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60)]  # after the 1st … 4th temporary refusal


def send_due_reminders(*, worker: str, batch: int = 500) -> Counter[str]:
    """Send everything that is due; answers how many rows ended in which state.

    Any number of workers may run it at once, and be killed at any moment: a row is claimed with a lease, then
    marked `sending` and committed just before its message leaves. Whose lease ends while claimed is due again;
    whose lease ends while sending may have left: it is `in-doubt` and a person decides. `worker` names this run alone.
    """
    release_expired_leases()
    shop = Workshop(worker)
    try:
        while claimed := claim(worker=worker, batch=batch):
            shop.words.clear()
            _Batch(shop).send(outgoing(claimed, shop))
    except MailServerAway:
        shop.counts["released"] = _release(worker)
    return +shop.counts


def lanes_needed() -> int:
    """How many runs side by side what is due is worth: while one waits for the disk, others go on."""
    most = settings.REMINDER_LANES
    due = Reminder.objects.due()[: most * WORTH_A_LANE].count()
    return max(1, min(most, due // WORTH_A_LANE))


class _Batch:
    """Messages over one connection. `told` are the rows of a message that was accepted and is not yet recorded so:
    the statement that marks the next message records it too."""

    def __init__(self, shop: Workshop) -> None:
        self.shop, self.line = shop, Line()
        self.sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
        self.told: list[int] = []
        self.paused: dict[str, datetime] = {}

    def send(self, messages: Sequence[Outgoing]) -> None:
        if not messages:
            return
        prepare_leave()
        try:
            for each in messages:
                self._send(each)
        finally:
            self._leave(None)
            self.line.close()

    def _send(self, each: Outgoing) -> None:
        """Look again, mark, hand over. What changed since it was read is read and made anew, once."""
        if each.domain in self.paused:
            self._put_off(each)
        elif self._marked(each):
            self._hand_over(each)
        else:
            for anew in outgoing(each.pks, self.shop):
                if self._marked(anew):
                    self._hand_over(anew)
                else:
                    self._settle(anew, Status.DUE)

    def _marked(self, each: Outgoing) -> bool:
        self.line.open()
        return not any(map(judge, each.rows)) and self._leave(each)

    def _leave(self, each: Outgoing | None) -> bool:
        told, self.told = self.told, []
        if each is None:
            return bool(told) and leave(worker=self.shop.worker, told=told, rows=[], seen=[])
        return leave(
            worker=self.shop.worker, told=told, rows=each.pks, seen=each.seen,
            message_id=message_id(each.first), domain=each.domain,
        )  # fmt: skip

    def _hand_over(self, each: Outgoing) -> None:
        outcome = self._spoken(each)
        if outcome.kind == "unsent" and self._marked_again(each):
            outcome = self._spoken(each)
        if outcome.kind == "sent":
            self.told = each.pks
            self.shop.counts[Status.SENT] += len(each.rows)
        else:
            self._recorded(each, outcome)

    def _marked_again(self, each: Outgoing) -> bool:
        """The server had hung up and nothing has left. Raises MailServerAway with the rows merely claimed."""
        settle(each.pks, worker=self.shop.worker, held=[Status.SENDING], status=Status.CLAIMED)
        return self._marked(each)

    def _spoken(self, each: Outgoing) -> Outcome:
        return self.line.send(envelope_sender(each.first, self.sender), each.mail.to, each.mail.raw)

    def _recorded(self, each: Outgoing, outcome: Outcome) -> None:
        """A refusal, for good or for now, or doubt. After a temporary one it is tried again, if before the start."""
        pks, attempts = each.pks, each.first.attempts
        changes: dict[str, Any] = {"code": outcome.code, "told_with": None}
        if outcome.kind == "in-doubt":
            status, changes = Status.IN_DOUBT, {"code": outcome.code}
        elif outcome.kind != "refused" and (again := _next_try(each)):
            status, changes = Status.DUE, changes | {"send_at": again, "attempts": attempts + 1}
            if outcome.code in SLOW_DOWN:
                self.paused[each.domain] = again
        else:
            status, changes = Status.FAILED, changes | {"attempts": attempts + 1}
        self.shop.counts[status] += record(pks, worker=self.shop.worker, status=status, **changes)

    def _put_off(self, each: Outgoing) -> None:
        self._settle(each, Status.DUE, code="domain-paused", send_at=self.paused[each.domain])

    def _settle(self, each: Outgoing, status: str, **changes: Any) -> None:
        self.shop.counts[status] += settle(each.pks, worker=self.shop.worker, status=status, **changes)


def _next_try(each: Outgoing) -> datetime | None:
    """When a message that was refused for now is tried again; None if it was tried often enough or would be late."""
    if each.first.attempts >= len(PAUSES):
        return None
    again = timezone.now() + PAUSES[each.first.attempts]
    return again if again < min(row.appointment.starts_at for row in each.rows) else None


def _release(worker: str) -> int:
    """The mail server is away: what is claimed is due again, and no attempt is counted."""
    mine = Reminder.objects.filter(worker=worker, status=Status.CLAIMED)
    return mine.update(status=Status.DUE, code="server-away", worker="", lease_until=None, changed_at=timezone.now())
