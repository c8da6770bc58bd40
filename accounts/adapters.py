"""How django-allauth behaves in this house."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from accounts import selectors, services
from accounts.models import User
from core.fields import seal, unseal


class AccountAdapter(DefaultAccountAdapter):
    """People are entered by an administrator; nobody signs up. Five failures close the door for 15 minutes."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Check the password, of a sign-in and of a confirmation alike. Raises ValidationError when locked out."""
        email = credentials.get("email") or ""
        with services.one_attempt_at_a_time(email):
            locked = selectors.is_locked_out(email)
            user = None if locked else super().authenticate(request, **credentials)
        if locked:
            services.note_failed_sign_in(email=email, code="locked")
            raise self.validation_error("too_many_login_attempts")
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        services.note_failed_sign_in(email=credentials.get("email") or "", code="password")


class MFAAdapter(DefaultMFAAdapter):
    """Second factors are unreadable at rest: who reads the table cannot sign in with it."""

    def encrypt(self, text: str) -> str:
        return seal(text, b"mfa.authenticator")

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text, b"mfa.authenticator")
