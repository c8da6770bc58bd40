"""Addresses across the house: the chart is where they meet."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.urls import reverse

from patients.models import Patient

BLANK = UUID(int=0)


def address(name: str, *args: Any) -> str:
    """The path of a page."""
    return reverse(name, args=args)


def row_address(name: str, patient: Patient) -> Callable[[UUID], str]:
    """The path of a row's page from the row's uuid, resolved once for a whole list."""
    pattern = address(name, patient.uuid, BLANK)
    return lambda uuid: pattern.replace(str(BLANK), str(uuid))
