"""Who and where the person is, and who pays."""

from chart.selectors.packets.span import Entry, Span, facts
from intake.models import Coverage


def identity(span: Span) -> list[Entry]:
    person = span.patient
    said = facts(
        ("Legal name", person.legal_name),
        ("Name used", person.preferred_name),
        ("Pronouns", person.pronouns),
        ("Born", person.birth_date),
        ("Administrative gender", person.get_gender_display()),
        ("Language", person.get_language_display()),
        ("Record number", person.record_number),
    )
    return [Entry("Person", said)]


def contact(span: Span) -> list[Entry]:
    """Addresses and numbers in use."""
    lines = [row.value for row in span.patient.telecoms.exclude(use="old").order_by("rank", "pk")]
    for row in span.patient.addresses.exclude(use="old").order_by("pk"):
        lines.append(", ".join(part for part in (row.line, row.city, f"{row.state} {row.postal_code}".strip()) if part))
    return [Entry("Address and telephone", "\n".join(lines))] if lines else []


def coverage(span: Span) -> list[Entry]:
    rows = Coverage.objects.filter(patient=span.patient).order_by("order", "pk")
    return [Entry(row.payer_name, _coverage(row)) for row in rows]


def _coverage(row: Coverage) -> str:
    return facts(
        ("Plan", row.plan_name), ("Member", row.member_id), ("Group", row.group_number), ("From", row.starts_on),
        ("Until", row.ends_on), ("State", row.get_status_display()), ("Self-pay", "yes" if row.is_self_pay else ""),
    )  # fmt: skip
