"""A free time offered to those who wait, one after the other. The first to accept gets it."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import Location, User
from accounts.roles import Role
from core import audit
from core.errors import DomainError, explain
from episodes import services as episodes
from records.selectors import channel_consent
from scheduling.answering import is_worth_offering, time_to_answer
from scheduling.models import Appointment, AppointmentResponse, FreedTime, Reminder, WaitlistEntry, WaitlistOffer
from scheduling.services.answers import record_answer
from scheduling.services.booking import cancel_appointment
from scheduling.services.locks import lock, locked
from scheduling.services.proposals import accept_proposal, propose_appointment, withdraw_proposal
from scheduling.services.queue import withdraw_reminders
from scheduling.services.waitlist import close_entry, held_entry, require_waiting
from staff.models import Practitioner

Status = WaitlistOffer.Status
CALL = "waitlist-offer"  # kind of Task
GONE = "This offer has ended. The time goes to the next who waits, or is free again."
SAID = {
    Status.DECLINED: "Offer declined", Status.EXPIRED: "Offer not answered in time", Status.WITHDRAWN: "Offer withdrawn"
}  # fmt: skip


@transaction.atomic
def offer_time(
    *, entry: WaitlistEntry, practitioner: Practitioner, location: Location | None, starts_at: datetime, by: User
) -> WaitlistOffer:
    """Offer a free time chosen by hand; if the person does not want it, it goes to the next by the rule.

    Raises DomainError as booking does, if the person has an offer already, or nobody could answer in time.
    """
    freed = FreedTime.objects.create(
        facility=entry.facility, practitioner=practitioner, location=location, starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=entry.type.minutes),
    )  # fmt: skip
    return make_offer(entry=entry, freed=freed, why="Chosen by hand", by=by)


def make_offer(*, entry: WaitlistEntry, freed: FreedTime, why: str, by: User | None) -> WaitlistOffer:
    """Propose the time to one who waits, and owe the message, or the call if no message may go.

    Raises DomainError as booking does, if the person has an offer already or waits no more, or it is too late.
    """
    window = time_to_answer(freed.starts_at, freed.facility)
    if window is None:
        raise DomainError("It is too soon to wait for an answer: call, and book it.", code="soon", field="starts_at")
    visit = propose_appointment(
        patient=entry.patient, type=entry.type, practitioner=freed.practitioner,
        location=None if entry.type.is_telehealth else freed.location, starts_at=freed.starts_at,
        episode=entry.episode, by=by,
    )  # fmt: skip
    entry = held_entry(entry)
    require_waiting(entry)
    offer = WaitlistOffer(entry=entry, appointment=visit, freed_time=freed, why=why, expires_at=window.ends_at)
    with explain(waitlist_one_offer_at_once="This person has another offer to answer first."):
        audit.save(offer, by=by, reason="" if by else "waitlist")
    _mark(offer, FreedTime.Status.OFFERED)
    _tell(offer, window.told_at, by)
    return offer


@transaction.atomic
def accept_offer(*, offer: WaitlistOffer, via: str, by: User | None) -> Appointment:
    """The offered time is the person's, confirmed; the appointment it was to replace is cancelled, its time owed.

    `via` is an AppointmentResponse.Via. Accepting twice is harmless. Raises DomainError if the offer has ended.
    """
    offer = held_offer(offer)
    visit, replaced = offer.appointment, offer.entry.appointment
    if offer.status == Status.ACCEPTED:
        return visit
    _require_open(offer)
    close_entry(offer.entry, WaitlistEntry.Status.BOOKED, "Took an offered time", by, via)
    withdraw_reminders(appointment=visit)
    visit = accept_proposal(appointment=visit, by=by, reason=via)
    if replaced and replaced.status in Appointment.UPCOMING:
        cancel_appointment(appointment=replaced, reason="Took an earlier time", by=by)
    visit = record_answer(appointment=visit, reply=Appointment.Reply.ACCEPTED, via=via, by=by)
    _settle(offer, Status.ACCEPTED, by, via)
    _mark(offer, FreedTime.Status.TAKEN)
    return visit


@transaction.atomic
def decline_offer(*, offer: WaitlistOffer, via: str, by: User | None) -> None:
    """The person does not want this time, stays on the list, and the time goes to the next.

    Declining twice is harmless. Raises DomainError if the offer has ended.
    """
    offer = held_offer(offer)
    if offer.status == Status.DECLINED:
        return
    _require_open(offer)
    answer = AppointmentResponse(appointment=offer.appointment, via=via)
    answer.participant_status = Appointment.Reply.DECLINED
    audit.save(answer, by=by, reason="" if by else via)
    end_offer(offer, Status.DECLINED, by, via)


@transaction.atomic
def withdraw_offer(*, offer: WaitlistOffer, by: User) -> None:
    """Take an offer back; the time goes to the next. Harmless on one that has ended."""
    offer = held_offer(offer)
    if offer.status == Status.OFFERED:
        end_offer(offer, Status.WITHDRAWN, by)


@transaction.atomic
def remove_entry(*, entry: WaitlistEntry, reason: str, by: User) -> WaitlistEntry:
    """Take a person off the list, with a reason; an open offer is withdrawn and the time goes to the next.

    Raises DomainError without a reason, or if the person does not wait any more.
    """
    if not reason.strip():
        raise DomainError("Say why the person is taken off.", field="reason")
    offer = entry.offers.filter(status=Status.OFFERED).first()
    if offer:
        withdraw_offer(offer=offer, by=by)
    entry = held_entry(entry)
    require_waiting(entry)
    close_entry(entry, WaitlistEntry.Status.REMOVED, reason.strip(), by)
    return entry


def held_offer(offer: WaitlistOffer) -> WaitlistOffer:
    """The offer as it is now, held with all that it touches: practitioners, rooms, patient, appointments, entry."""
    visits = [row for row in (offer.appointment, offer.entry.appointment) if row]
    people = [person for row in visits for person in (row.practitioner, row.interpreter)]
    places = [place for row in visits for place in (row.location, row.equipment)]
    lock(people, places, offer.appointment.patient)
    now = {row.pk: locked(row) for row in sorted(visits, key=lambda row: row.pk)}
    rows = WaitlistOffer.objects.select_for_update(no_key=True, of=("self",)).select_related("freed_time")
    offer = rows.get(pk=offer.pk)
    offer.appointment, offer.entry = now[offer.appointment_id], held_entry(offer.entry)
    if offer.entry.appointment_id in now:
        offer.entry.appointment = now[offer.entry.appointment_id]
    return offer


def end_offer(offer: WaitlistOffer, status: str, by: User | None, reason: str = "") -> None:
    """An offer that came to nothing: its time is free and owed to the next who waits. Call it with `held_offer`."""
    visit = offer.appointment
    withdraw_reminders(appointment=visit)
    if visit.status == Appointment.Status.PROPOSED:
        withdraw_proposal(appointment=visit, reason=SAID[Status(status)], by=by)
    _settle(offer, status, by, reason or status)
    worth = offer.freed_time and is_worth_offering(offer.freed_time.starts_at)
    _mark(offer, FreedTime.Status.OPEN if worth else FreedTime.Status.OVER)


def take_as_accepted(offer: WaitlistOffer) -> None:
    """The staff booked or moved the proposal itself: the person has a time. Call it with `held_offer`."""
    if offer.entry.status == WaitlistEntry.Status.WAITING:
        close_entry(offer.entry, WaitlistEntry.Status.BOOKED, "Booked", None, "booked")
    _settle(offer, Status.ACCEPTED, None, "booked")
    freed = offer.freed_time
    moved = freed and offer.appointment.starts_at != freed.starts_at and is_worth_offering(freed.starts_at)
    _mark(offer, FreedTime.Status.OPEN if moved else FreedTime.Status.TAKEN)


def ask_to_call(offer: WaitlistOffer, by: User | None) -> None:
    """A task for the treatment desk: no message tells the person of this offer. Harmless twice."""
    episodes.ask(
        facility=offer.entry.facility, patient=offer.entry.patient, kind=CALL, owner_role=Role.TREATMENT,
        text="Call: offer the free time from the waitlist", due_at=offer.expires_at, focus=offer, by=by,
    )  # fmt: skip


def _require_open(offer: WaitlistOffer) -> None:
    now, visit = timezone.now(), offer.appointment
    ended = offer.status != Status.OFFERED or offer.expires_at <= now or visit.starts_at <= now
    if ended or visit.status != Appointment.Status.PROPOSED:
        raise DomainError(GONE, code="ended")
    require_waiting(offer.entry)


def _tell(offer: WaitlistOffer, told_at: datetime, by: User | None) -> None:
    visit = offer.appointment
    if visit.patient is None or channel_consent(visit.patient, visit.facility) is None:
        ask_to_call(offer, by)
        return
    Reminder.objects.create(
        appointment=visit, schedule_version=visit.schedule_version, purpose=Reminder.Purpose.OFFER, send_at=told_at
    )


def _settle(offer: WaitlistOffer, status: str, by: User | None, reason: str) -> None:
    offer.status, offer.answered_at = status, timezone.now()
    audit.save(offer, by=by, reason="" if by else reason)
    episodes.close_tasks_about(focus=offer, by=by, kind=CALL, outcome=offer.get_status_display())


def _mark(offer: WaitlistOffer, status: str) -> None:
    FreedTime.objects.filter(offers=offer).update(status=status, changed_at=timezone.now())
