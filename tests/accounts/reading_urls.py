"""An address that notes a look and a refusal, and then does what it is asked to."""

from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import SimpleTemplateResponse
from django.urls import include, path

from accounts import access
from accounts.models import AccessEvent
from core.errors import DomainError


def fail(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


def is_gone(request: HttpRequest) -> HttpResponse:
    raise Http404


def is_refused(request: HttpRequest) -> HttpResponse:
    raise DomainError("Ask the desk.")


def fail_while_drawing(request: HttpRequest) -> HttpResponse:
    return SimpleTemplateResponse("no such template")


def swallow(request: HttpRequest) -> HttpResponse:
    """Answers all the same after PostgreSQL refused, and marks the transaction as Django does."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
    except DatabaseError:
        connection.set_rollback(True)
    return HttpResponse("what was read")


ENDINGS = {view.__name__: view for view in (fail, is_gone, is_refused, fail_while_drawing, swallow)}


def read(request: HttpRequest, ending: str) -> HttpResponse:
    access.log(user=request.user, patient_id=8, data_class="plan.view")
    access.log(user=request.user, patient_id=7, outcome=AccessEvent.Outcome.DENIED, code="relation")
    return ENDINGS[ending](request)


urlpatterns = [path("read/<ending>/", read), path("", include("carecoord.urls"))]
