"""The physician services coordinator's desk: staff and partners. No patient is read here."""

from collections import Counter
from datetime import date

from django.urls import reverse

from accounts.models import Facility, User
from core.times import day_of
from desks.selectors import shared
from desks.selectors.tiles import Action, Row, Tile
from scheduling.models import Appointment
from staff.selectors import LADDER, ExpiringCredential, expiring_credentials

TITLES = {
    "expired": "Credentials expired", "30": "Expiring within 30 days", "60": "Expiring in 31 to 60 days",
    "90": "Expiring in 61 to 90 days",
}  # fmt: skip
CLEAR = {
    "expired": "No credential has expired", "30": "None expires within 30 days", "60": "None expires in 31 to 60 days",
    "90": "None expires in 61 to 90 days",
}  # fmt: skip


def tiles(user: User, facility: Facility) -> list[Tile]:
    """Credentials by how soon they end, each with how many bookings the lapse would break; requests to take."""
    found = expiring_credentials(facility)
    bookings = _bookings(facility, {row.practitioner_id for row in found})
    ladder = [_step(step, [row for row in found if row.step == step], bookings) for _, step, _, _ in LADDER]
    return [*ladder, shared.to_accept(user, facility)]


def broken_by(row: ExpiringCredential, bookings: Counter[tuple[int, str, date]]) -> int:
    """How many bookings ask for this kind of credential on a day after it ends."""
    return sum(
        number
        for (practitioner_id, kind, day), number in bookings.items()
        if practitioner_id == row.practitioner_id and kind == row.kind and day > row.expires_on
    )


def _bookings(facility: Facility, practitioner_ids: set[int]) -> Counter[tuple[int, str, date]]:
    """Practitioner, credential asked for, and day of each booking that stands. Times and kinds only."""
    rows = Appointment.objects.filter(
        facility=facility, practitioner_id__in=practitioner_ids, status__in=Appointment.UPCOMING, external=False
    )
    asked = rows.values_list("practitioner_id", "type__required_credential", "starts_at")
    return Counter((who, kind, day_of(starts_at, facility.tz)) for who, kind, starts_at in asked)


def _step(step: str, found: list[ExpiringCredential], bookings: Counter[tuple[int, str, date]]) -> Tile:
    lines = [_row(row, broken_by(row, bookings)) for row in found]
    return Tile(
        f"credentials-{step}", TITLES[step], "badge-alert" if step == "expired" else "badge-check", lines,
        CLEAR[step], "A license or other credential appears here as its end comes near, until a later one is entered.",
        more_url=reverse("staff:credential_list"), more="All credentials",
    )  # fmt: skip


def _row(row: ExpiringCredential, broken: int) -> Row:
    asked = f"asked to renew {row.renewal_requested}" if row.renewal_requested else ""
    parts = [f"{row.kind_label} {row.state}".strip(), asked]
    request = () if row.renewal_requested else (Action("Request renewal", row.renew_url, "send", posts=True),)
    return Row(
        row.practitioner, row.url, " · ".join(part for part in parts if part), when=f"{row.expires}, {row.relative}",
        status=f"{broken} booking{'' if broken == 1 else 's'} would break" if broken else "No booking affected",
        tone="danger" if broken else "neutral",
        actions=(*request, Action("Verify", row.verify_url, "badge-check"), Action("Renew", row.edit_url)),
    )  # fmt: skip
