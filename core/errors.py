"""Refusals a person can act on, and constraints turned into sentences."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, transaction
from django.forms import BaseForm

from core.models import Record

# A rule that the database holds for every table that names somebody, so that any write may meet it.
MERGED_AWAY = "record_not_merged"
MERGED_SENTENCE = "This record was merged into another just now. Open the person again."


class DomainError(Exception):
    """A rule of the house refuses. The message is a sentence that a coordinator can act on.

    `field` names the form field it belongs to; `code` is stable and may be logged (the message may not).
    """

    def __init__(self, message: str, *, code: str = "refused", field: str | None = None) -> None:
        super().__init__(code)
        self.message, self.code, self.field = message, code, field

    def __str__(self) -> str:
        return self.message


class Unavailable(DomainError):
    """Something outside of this program does not answer: answered with 503, and trying again later is what helps."""


class Conflict(Exception):
    """Somebody saved the row after it was read. `current` is the row as it is now."""

    def __init__(self, current: Record) -> None:
        super().__init__(f"{current._meta.label} {current.pk} has changed")
        self.current = current


@contextmanager
def explain(**sentences: str) -> Iterator[None]:
    """Turn the violation of a named constraint into its sentence, as a DomainError.

    The block runs in a savepoint, so that the transaction around it stays usable.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        name = constraint_name(error)
        if name not in sentences:
            raise
        raise DomainError(sentences[name], code=name) from error


def explained(error: Exception) -> DomainError | None:
    """What any write may meet, as its sentence; None for any other error."""
    if isinstance(error, DomainError):
        return error
    if isinstance(error, IntegrityError) and constraint_name(error) == MERGED_AWAY:
        return DomainError(MERGED_SENTENCE, code="merged")
    return None


def constraint_name(error: IntegrityError) -> str:
    """The violated constraint's name, "" when the driver does not tell."""
    diagnostics: Any = getattr(error.__cause__, "diag", None)
    return getattr(diagnostics, "constraint_name", None) or ""


@contextmanager
def shown_on(form: BaseForm) -> Iterator[None]:
    """Put a DomainError on the form, beside its field; check `form.is_valid()` or `form.errors` after.

    `form.answer_status` is then what `core.http.invalid` answers with.
    """
    try:
        yield
    except DomainError as error:
        form.answer_status = 503 if isinstance(error, Unavailable) else 422  # type: ignore[attr-defined]  # for the answer
        form.add_error(error.field if error.field in form.fields else None, error.message)
