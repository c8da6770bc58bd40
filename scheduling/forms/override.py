"""Setting a rule of booking aside, with the reason, by who may."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django import forms

from core.errors import DomainError
from scheduling.models import BookingOverride


class OverridableForm(forms.Form):
    """A booking that may be refused. If the rule can be set aside, the form asks who may do so for the reason.

    After `refused`: `code` is the refusal's, `may_override` whether the reason is asked for, `ask` who else may.
    """

    override_reason = forms.CharField(
        label="All the same, because", required=False, max_length=300, widget=forms.HiddenInput
    )
    code = ""
    may_override = False
    ask: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.data.get("override_reason"):
            self._ask_for_reason()

    @contextmanager
    def refused(self, *, may_override: bool, others: list[str]) -> Iterator[None]:
        """Put a DomainError on the form, beside its field."""
        try:
            yield
        except DomainError as error:
            self.code = error.code
            self.add_error(error.field if error.field in self.fields else None, error.message)
            if error.code in BookingOverride.Rule.values:
                self._offer_override(may_override, others)

    def _offer_override(self, may_override: bool, others: list[str]) -> None:
        if may_override:
            self._ask_for_reason()
        else:
            self.ask = others

    def _ask_for_reason(self) -> None:
        self.may_override = True
        self.fields["override_reason"].widget = forms.TextInput()
