"""The intake coordinator's desk."""

from django.urls import reverse
from django.utils import timezone

from accounts.models import Facility, User
from accounts.roles import Role
from core.labels import due_label
from desks.selectors import rows, shared
from desks.selectors.tiles import SHOWN, Action, Row, Tile
from episodes.models import Handoff
from intake.selectors import coverage_attention, incomplete_intakes, waiting_referrals
from patients.access import belongs_to
from records.selectors.consentdue import consents_due
from scheduling.selectors import confirmations

FETCHED = 200
CONSENTS = 3  # in front of the coverage; their page has all


def tiles(user: User, facility: Facility) -> list[Tile]:
    """Referrals, intakes under way, coverage, hand-offs sent and to accept, unconfirmed visits, returned papers."""
    under_way = incomplete_intakes(facility, limit=FETCHED)
    ours = {row["patient"].uuid for row in under_way}
    unconfirmed = [row for row in confirmations(facility, user=user) if row["patient_uuid"] in ours] if ours else []
    return [
        _referrals(facility),
        _under_way(under_way),
        _coverage(user, facility),
        _sent(facility),
        Tile(
            "unconfirmed", "Unconfirmed visits before hand-over", "calendar-clock", rows.calls(unconfirmed),
            "Every visit is confirmed", "Visits of the next three days appear here until the person confirms them.",
            more_url=reverse("scheduling:call_list"), more="Call list",
        ),
        shared.to_accept(user, facility),
        shared.returned(user),
    ]  # fmt: skip


def _referrals(facility: Facility) -> Tile:
    found = waiting_referrals(facility, limit=SHOWN + 1)
    lines = [
        Row(
            row["name"], row["url"], " · ".join(part for part in (row["source"], row["priority"]) if part),
            due=None if row["called"] else row["due"], when=f"Called {row['called']}" if row["called"] else "",
            actions=(
                Action("Call", row["call_url"], "phone"),
                Action("Accept", row["accept_url"], "check", posts=True),
                Action("Decline", row["decline_url"]),
            ),
        )
        for row in found
    ]  # fmt: skip
    return Tile(
        "referrals", "New referrals", "phone-incoming", lines, "No referral is waiting",
        "A referral appears here with its clock as soon as an inquiry is added.", plus=len(found) > SHOWN,
        sub="First response within 30 minutes; the longest waiting first.", count=min(len(found), SHOWN),
        more_url=reverse("intake:referral_list"),
    )  # fmt: skip


def _under_way(found: list[dict]) -> Tile:
    lines = [
        Row(
            row["name"], row["url"], f"Missing: {row['missing_text']}" if row["missing"] else row["missing_text"],
            due=row["due"], status="" if row["missing"] else "Ready", tone=row["tone"],
            actions=(Action(row["action"], row["url"]),),
        )
        for row in found
    ]  # fmt: skip
    return Tile(
        "under-way", "Intakes under way", "clipboard-list", lines, "No intake is under way",
        "A person appears here once the referral is accepted, with what is missing, until the packet is handed over.",
        more_url=f"{reverse('desks:patient_list')}?status=planned", more="Planned episodes",
    )  # fmt: skip


def _coverage(user: User, facility: Facility) -> Tile:
    """What has to be asked again: of the payer, and of the person whose consent ends while intake has the baton."""
    found = coverage_attention(facility, limit=FETCHED)
    lines = [
        Row(
            row["name"], row["url"], row["payer"], status=row["status"], tone=row["tone"],
            actions=(Action(row["action"], row["url"], "phone"),),
        )
        for row in found
    ]  # fmt: skip
    return Tile(
        "coverage", "Coverage and consents to renew", "shield-question-mark",
        [*rows.consents(consents_due(user, facility, owner_role=Role.INTAKE, limit=CONSENTS)), *lines],
        "All coverage is checked, and no consent ends soon",
        "Coverage that nobody has checked appears here, authorizations that end within five days, and consents that "
        "end within 30.",
        plus=len(found) == FETCHED,
    )  # fmt: skip


def _sent(facility: Facility) -> Tile:
    """Hand-offs of this desk that nobody has answered. One query."""
    found = Handoff.objects.filter(
        belongs_to(facility, "patient"), facility=facility, from_role=Role.INTAKE, status=Handoff.Status.REQUESTED
    )
    now = timezone.now()
    lines = []
    for row in found.select_related("patient", "to_user").order_by("due_at")[:FETCHED]:
        url = reverse("episodes:handoff_detail", args=[row.patient.uuid, row.uuid])
        whom = str(row.to_user) if row.to_user else f"any {Role(row.to_role).label.lower()}"
        due = due_label(row.due_at, facility.tz, now)
        lines.append(Row(row.patient.list_name, url, f"To {whom}", due=due, actions=(Action("Open", url),)))
    return Tile(
        "sent", "Handed over, not accepted yet", "arrow-right-left", lines, "Every packet was accepted",
        "A packet you hand over stays here until patient care accepts or returns it.",
    )  # fmt: skip
