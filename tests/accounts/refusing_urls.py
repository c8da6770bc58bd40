"""An address that refuses inside a transaction and then breaks."""

from django.urls import include, path

from tests.accounts.test_audit_log import refuse_and_fail


def refuse(request):
    refuse_and_fail(request.user)


urlpatterns = [path("refuse/", refuse), path("", include("carecoord.urls"))]
