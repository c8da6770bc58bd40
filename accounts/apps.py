from importlib import import_module

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        """Receivers need the models, which are loaded by now."""
        import_module("accounts.signals").connect()
