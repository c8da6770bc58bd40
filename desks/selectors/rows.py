"""Rows of the apps below as rows of a tile."""

from typing import Any

from accounts.models import Facility, User
from desks.selectors.tiles import Action, Row
from episodes.selectors import waiting_rows
from patients.selectors import shows_number
from records.selectors import returned_to

Given = dict[str, Any]


def care(rows: list[Given], numbered: bool) -> list[Row]:
    """Rows of `careplans`: what is due for whom, with the button that does it."""
    return [
        Row(
            row["name"],
            sub=_joined(row["what"], row["record_number"] if numbered else ""),
            due=row["due"],
            actions=(Action(row["action"], row["action_url"]),),
        )
        for row in rows
    ]


def consents(rows: list[Given]) -> list[Row]:
    """Consents that end: whose, which, when, and the button that asks for a new one."""
    return [
        Row(
            row["name"], row["url"], _joined(row["what"], row["record_number"]), due=row["due"], status=row["status"],
            tone=row["tone"], actions=(Action("Ask anew", row["action_url"]),),
        )
        for row in rows
    ]  # fmt: skip


def waiting(user: User, facility: Facility) -> list[Row]:
    """What waits for the person to accept or take it: the rows that the strip counts."""
    numbered = shows_number(user)
    return [
        Row(
            row["name"] or row["title"],
            row["url"],
            _joined(row["title"] if row["name"] else "", _sender(row), row["record_number"] if numbered else ""),
            due=row["due"],
            status="Urgent" if row["urgent"] else "",
            tone="danger",
            actions=_accepting(row),
        )
        for row in waiting_rows(user, facility)
    ]


def _accepting(row: Given) -> tuple[Action, ...]:
    opens = (Action(row["action"], row["action_url"], "inbox" if row["kind"] == "handoff" else ""),)
    take = (Action("Take it", row["take_url"], "hand", posts=True),) if row["take_url"] else ()
    return take + (opens if row["action_url"] else ())


def _sender(row: Given) -> str:
    return f"from {row['from_label']}" if row["from_label"] else ""


def calls(rows: list[Given]) -> list[Row]:
    """Appointments that nobody has confirmed, with why, whom to call and what was tried."""
    return [
        Row(
            row["name"],
            row["url"],
            _joined(row["type"], row["practitioner"], _phone(row), row["tried"]),
            when=row["when"],
            status=row["reason"] or "Unconfirmed",
            tone=row["reason_tone"] or "warning",
            actions=(_calling(row),),
        )
        for row in rows
    ]


def _calling(row: Given) -> Action:
    """Who is on the call list is called from there; of others a call may be logged all the same."""
    if row["reason"]:
        return Action("Call", f"{row['url']}calls/start/", "phone", posts=True)
    return Action("Log call", row["url"], "phone")


def appointments(rows: list[Given]) -> list[Row]:
    """A day's appointments; whom the person may not see by name is “Booked” and leads nowhere."""
    return [
        Row(
            row["name"],
            row["url"],
            _joined(row["type"] if row["named"] else "", row["location"], row["reply"]),
            when=f"{row['from']} to {row['to']}",
            status=row["status"],
            tone=row["tone"],
            actions=(Action("Open", row["url"]),) if row["url"] else (),
        )
        for row in rows
    ]


def returned(user: User) -> list[Row]:
    """Envelopes the clerk sent back, with what is missing."""
    numbered = shows_number(user)
    return [
        Row(
            row["patient"],
            row["url"],
            _joined(row["reason"], row["record_number"] if numbered else ""),
            when=f"Returned {row['answered']}",
            actions=(Action("Send again", row["resubmit_url"], "send"),),
        )
        for row in returned_to(user)
    ]


def _phone(row: Given) -> str:
    if not row["phones"]:
        return str(row["no_phone"])
    phone = row["phones"][0]
    return f"{phone['value']} ({phone['note']})" if phone["note"] else phone["value"]


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)
