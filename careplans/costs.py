"""What a treatment option costs the person: exact to the cent."""

from decimal import Decimal

CENT = Decimal("0.01")


def exact(amount: Decimal) -> Decimal:
    """With its two places, however it was typed: 100 and 100.00 are one amount."""
    return Decimal(amount).quantize(CENT)


def patient_share(total: Decimal, covered: Decimal) -> Decimal:
    """What is left for the person to pay, never below zero."""
    return exact(max(total - covered, Decimal(0)))


def monthly_amounts(share: Decimal, instalments: int) -> list[Decimal]:
    """The share in monthly parts that differ by a cent at most, the larger first, and add up exactly."""
    base, odd_cents = divmod(int(share / CENT), instalments)
    cents = [base + 1] * odd_cents + [base] * (instalments - odd_cents)
    return [(CENT * amount).quantize(CENT) for amount in cents]


def amount_label(amount: Decimal, currency: str = "USD") -> str:
    return f"${amount:,.2f}" if currency == "USD" else f"{currency} {amount:,.2f}"


def instalments_label(amounts: list[Decimal], currency: str = "USD") -> str:
    """`$33.34, then 2 months at $33.33`: how a person is told the monthly payments."""
    first, last = amounts[0], amounts[-1]
    if first == last:
        return "paid at once" if len(amounts) == 1 else f"{len(amounts)} months at {amount_label(first, currency)}"
    larger = amounts.count(first)
    before = f"{_months(larger)} at {amount_label(first, currency)}"
    return f"{before}, then {_months(len(amounts) - larger)} at {amount_label(last, currency)}"


def _months(count: int) -> str:
    return "1 month" if count == 1 else f"{count} months"
