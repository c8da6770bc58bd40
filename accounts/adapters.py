"""How django-allauth behaves in this house."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
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

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """The house says passkey, whatever keeps it."""
        ways = super().get_reauthentication_methods(user)
        words = {"mfa_reauthenticate:webauthn": "Use a passkey"}
        return [way | {"description": words.get(way["id"], way["description"])} for way in ways]

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        services.note_failed_sign_in(email=credentials.get("email") or "", code="password")


class MFAAdapter(DefaultMFAAdapter):
    """Secrets of second factors are unreadable at rest: who reads the table cannot sign in with it."""

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Whom a passkey is made for: the house, by the host that the setting or the request names."""
        entity = super().get_public_key_credential_rp_entity()
        return entity | {"name": settings.MFA_TOTP_ISSUER, "id": settings.PASSKEY_DOMAIN or entity["id"]}

    def encrypt(self, text: str) -> str:
        return seal(text, b"mfa.authenticator")

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text, b"mfa.authenticator")
