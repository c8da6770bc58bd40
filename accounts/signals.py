"""What Django and django-allauth tell us about sign-ins, written into the read log.

We send no signals of our own; these are others'. Connected in `AccountsConfig.ready`.
"""

from typing import Any

from allauth.account.signals import password_changed, password_reset
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed, authenticator_added, authenticator_removed, authenticator_reset
from allauth.mfa.utils import is_mfa_enabled
from allauth.mfa.webauthn.internal.flows import did_use_passwordless_login
from django.contrib.auth.models import update_last_login
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.http import HttpRequest

from accounts import services
from accounts.middleware import SECOND_FACTOR, used_second_factor
from accounts.models import User
from accounts.selectors import PROVEN

FACTORS = {Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN}


def connect() -> None:
    """`update_last_login` would save the whole row, with a line of history for each sign-in: ours writes the column."""
    user_logged_in.disconnect(update_last_login, dispatch_uid="update_last_login")
    user_logged_in.connect(on_sign_in)
    user_logged_out.connect(on_sign_out)
    authentication_failed.connect(on_wrong_code)
    authenticator_added.connect(on_second_factor_added)
    authenticator_removed.connect(on_second_factor_removed)
    authenticator_reset.connect(on_second_factor_reset)
    password_changed.connect(on_password_changed)
    password_reset.connect(on_password_reset)


def on_sign_in(*, request: HttpRequest | None, user: User, **kwargs: Any) -> None:
    code = getattr(request, "sign_in_code", "")
    if request is not None and not code and used_second_factor(request, user):
        code = "passkey" if did_use_passwordless_login(request, user) else "second-factor-used"
    services.note_sign_in(user=user, code=code)


def on_sign_out(*, request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    if user is not None and user.is_authenticated:
        services.note_sign_out(user=user, code=getattr(request, "sign_out_code", ""))


def on_wrong_code(*, user: User, **kwargs: Any) -> None:
    services.note_failed_sign_in(email=user.email, code="second-factor")


def on_second_factor_added(*, request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    services.note_credential(user=user, code=f"{authenticator.type}-added")
    if authenticator.type in FACTORS:
        request.session[SECOND_FACTOR] = True


def on_second_factor_removed(*, request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    """Whoever turns the last one off is led to set one up again, now."""
    services.note_credential(user=user, code=f"{authenticator.type}-removed")
    if authenticator.type in FACTORS and not is_mfa_enabled(user):
        request.session[SECOND_FACTOR] = False


def on_second_factor_reset(*, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    services.note_credential(user=user, code=f"{authenticator.type}-reset")


def on_password_changed(*, user: User, **kwargs: Any) -> None:
    services.note_credential(user=user, code="password-changed")


def on_password_reset(*, user: User, **kwargs: Any) -> None:
    services.note_credential(user=user, code=PROVEN)
