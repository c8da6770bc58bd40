"""The second factor's forms, which count failures where Redis is not needed."""

from allauth.account.adapter import get_adapter
from allauth.mfa.base import forms
from django.core.exceptions import ValidationError

from accounts import selectors, services


class CountedForm(forms.BaseAuthenticateForm):
    """Refuses a code while the account is locked out. The failure itself is noted by `accounts.signals`."""

    def clean_code(self) -> str:
        failure: ValidationError | None = None
        with services.one_attempt_at_a_time(self.user.email):
            try:
                return self._clean_code()
            except ValidationError as error:
                failure = error  # raised outside, so that the note of it is kept
        raise failure

    def _clean_code(self) -> str:
        if selectors.is_locked_out(self.user.email):
            raise get_adapter().validation_error("too_many_login_attempts")
        return super().clean_code()


class AuthenticateForm(CountedForm, forms.AuthenticateForm):
    """The code at sign-in."""


class ReauthenticateForm(CountedForm, forms.ReauthenticateForm):
    """The code asked again before something that matters."""
