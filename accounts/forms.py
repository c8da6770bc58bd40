"""The second factor's forms: failures are counted where Redis is not needed, and noted."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.mfa.base import forms
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import forms as webauthn
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


class AddPasskeyForm(webauthn.AddWebAuthnForm):
    """A passkey that signs in alone, unless the person says otherwise."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].help_text = "To tell it from others, such as: work phone."
        self.fields["passwordless"].label = "It signs me in alone, without my password"
        self.fields["passwordless"].help_text = "The device then asks for finger, face or PIN each time."
        self.fields["passwordless"].initial = True


class NotedPasskeyForm(webauthn.AuthenticateWebAuthnForm):
    """A passkey that does not fit leaves a line in the read log. It cannot be guessed, so it locks nobody out."""

    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()
        except ValidationError:
            services.note_failed_passkey(user=self.user)
            raise


class LoginPasskeyForm(NotedPasskeyForm, webauthn.LoginWebAuthnForm):
    """A passkey alone, at sign-in."""


class AuthenticatePasskeyForm(NotedPasskeyForm):
    """A passkey after the password."""


class ReauthenticatePasskeyForm(NotedPasskeyForm, webauthn.ReauthenticateWebAuthnForm):
    """A passkey asked again before something that matters."""
