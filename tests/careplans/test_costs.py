"""Money adds up, whatever the numbers."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careplans import costs
from careplans.selectors.option import canonical, digest
from tests.careplans.test_options import unsaved

amounts = st.decimals(min_value=0, max_value=Decimal("99999999.99"), places=2)


@given(share=amounts, instalments=st.integers(min_value=1, max_value=120))
def test_instalments_add_up_to_the_cent(share, instalments):
    parts = costs.monthly_amounts(share, instalments)
    assert sum(parts) == share
    assert len(parts) == instalments
    assert max(parts) - min(parts) <= Decimal("0.01")
    assert parts == sorted(parts, reverse=True)


@given(total=amounts, covered=amounts)
def test_the_share_is_never_below_zero_and_has_two_places(total, covered):
    share = costs.patient_share(total, covered)
    assert share == max(total - covered, Decimal(0))
    assert share.as_tuple().exponent == -2


@pytest.mark.parametrize(
    ("share", "instalments", "words"),
    [
        ("100.00", 3, "1 month at $33.34, then 2 months at $33.33"),
        ("100.00", 1, "paid at once"),
        ("90.00", 3, "3 months at $30.00"),
        ("200.00", 3, "2 months at $66.67, then 1 month at $66.66"),
    ],
)
def test_the_payments_are_told_in_words(share, instalments, words):
    assert costs.instalments_label(costs.monthly_amounts(Decimal(share), instalments)) == words


def test_the_digest_is_the_same_however_an_amount_was_typed():
    typed, stored = unsaved(cost_total=Decimal(100)), unsaved(cost_total=Decimal("100.00"))
    stored.uuid = typed.uuid
    assert canonical([typed]) == canonical([stored])


@pytest.mark.parametrize("field", ["title", "benefits", "risks", "description"])
def test_one_changed_letter_changes_the_digest(field):
    first, second = unsaved(), unsaved()
    second.uuid = first.uuid
    setattr(second, field, getattr(second, field) + "!")
    assert digest([first]) != digest([second])


def test_the_order_of_the_options_is_part_of_what_was_shown():
    first, second = unsaved(), unsaved()
    assert digest([first, second]) != digest([second, first])
