from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig


class AdminConfig(DjangoAdminConfig):
    """Django's admin with the clinical coordinator's site in place of its own."""

    default_site = "oversight.admin.Site"


class CareCoordConfig(AppConfig):
    """Named in full in INSTALLED_APPS, because two admin configurations in this module claim to be the default."""

    name = "carecoord"
