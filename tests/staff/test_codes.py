"""Check digits, against public worked examples."""

import csv

import pytest

from staff.codes import STATES, is_dea_number, is_npi

CHECKS = {"npi": is_npi, "dea": is_dea_number}


def test_the_public_examples(shared_data):
    with (shared_data / "codes" / "npi_dea_vectors.csv").open() as file:
        rows = list(csv.DictReader(file))
    wrong = [row for row in rows if CHECKS[row["kind"]](row["value"]) != (row["check_digit_valid"] == "True")]
    assert len(rows) == 14
    assert wrong == []


@pytest.mark.parametrize("value", ["1234567893", "1558598797", "1841707668"])
def test_an_npi_with_its_check_digit(value):
    assert is_npi(value)


@pytest.mark.parametrize(
    "value", ["", "1234567890", "123456789", "12345678931", "1234567893\n", "١٢٣٤٥٦٧٨٩٣", "abcdefghij"]
)
def test_what_is_no_npi(value):
    assert not is_npi(value)


def test_one_wrong_digit_of_an_npi_is_always_found():
    for place in range(10):
        for digit in "0123456789":
            other = "1234567893"[:place] + digit + "1234567893"[place + 1 :]
            assert is_npi(other) == (other == "1234567893")


@pytest.mark.parametrize(
    ("value", "right"),
    [("AB1234563", True), ("ab1234563", True), ("A91234563", True), ("FS0000000", True), ("AB1234560", False),
     ("A12345563", False), ("AB123456", False), ("", False)],
)  # fmt: skip
def test_dea_numbers(value, right):
    assert is_dea_number(value) is right


def test_the_states_and_territories():
    assert len(STATES) == 56
    assert STATES["NY"] == "New York"
