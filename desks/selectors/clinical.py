"""The clinical coordinator's short desk; the board is the admin site's first page."""

from django.urls import reverse
from django.utils import timezone

from accounts.models import Facility, User
from accounts.roles import Role
from core.labels import due_label
from desks.selectors import shared
from desks.selectors.tiles import Action, Row, Tile
from episodes.models import EpisodeOfCare, Handoff
from patients.access import belongs_to, read_of, with_asking
from scheduling.selectors import dead_letters

FETCHED = 50


def tiles(user: User, facility: Facility) -> list[Tile]:
    """What is late anywhere: next steps, hand-offs, mail; and what waits for the coordinator in person."""
    return [
        _late_steps(user, facility),
        _late_handoffs(facility),
        shared.to_accept(user, facility),
        _failed_mail(facility),
    ]


def _late_steps(user: User, facility: Facility) -> Tile:
    now = timezone.now()
    found = EpisodeOfCare.objects.open().filter(belongs_to(facility, "patient"), facility=facility, due_at__lt=now)
    shown = with_asking(found, facility, user=user)
    lines = [
        Row(
            row.patient.list_name, row.patient.get_absolute_url(),
            f"{read_of(row, row.next_step)} · {row.owner}, {Role(row.owner_role).label.lower()}",
            due=due_label(row.due_at, facility.tz, now),
            actions=(Action("Reassign", reverse("episodes:baton_pass", args=[row.patient.uuid]), "user-round-pen"),),
        )
        for row in shown.select_related("patient", "owner").order_by("due_at")[:FETCHED]
        if row.due_at
    ]  # fmt: skip
    return Tile(
        "late", "Next steps overdue, all desks", "alarm-clock", lines, "Nothing is overdue",
        "A person appears here when the next step is past its time, whoever holds the baton.",
        count=found.count() if len(lines) == FETCHED else None,
        more_url=f"{reverse('desks:patient_list')}?due=overdue&sort=due",
    )  # fmt: skip


def _late_handoffs(facility: Facility) -> Tile:
    now = timezone.now()
    found = Handoff.objects.filter(
        belongs_to(facility, "patient"), facility=facility, status=Handoff.Status.REQUESTED, due_at__lt=now
    )
    lines = []
    for row in found.select_related("patient", "from_user", "to_user").order_by("due_at")[:FETCHED]:
        url = reverse("episodes:handoff_detail", args=[row.patient.uuid, row.uuid])
        whom = str(row.to_user) if row.to_user else f"any {Role(row.to_role).label.lower()}"
        due = due_label(row.due_at, facility.tz, now)
        lines.append(
            Row(row.patient.list_name, url, f"{row.from_user} to {whom}", due=due, actions=(Action("Open", url),))
        )
    return Tile(
        "handoffs", "Hand-offs nobody has answered", "arrow-right-left", lines, "Every hand-off is answered in time",
        "A hand-off appears here when its time to be accepted has passed.",
    )  # fmt: skip


def _failed_mail(facility: Facility) -> Tile:
    lines = [
        Row(
            row["name"], row["url"], f"{row['why']} · visit {row['when']}", status=row["status"], tone=row["tone"],
            actions=(Action("Open", row["url"]),),
        )
        for row in dead_letters(facility)
    ]  # fmt: skip
    return Tile(
        "failed", "Messages that failed", "mail-x", lines, "All messages went out",
        "A reminder appears here when it could not be delivered.", more_url=reverse("scheduling:reminder_list"),
        more="Reminders",
    )  # fmt: skip
