"""Refusals are sentences; what nobody foresaw stays an error."""

import pytest
from django import forms
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.test import RequestFactory

from accounts.models import Facility
from core.errors import DomainError, explain, shown_on
from core.middleware import DomainErrorMiddleware, came_from
from tests import factories


class NameForm(forms.Form):
    name = forms.CharField()


def bound() -> NameForm:
    form = NameForm({"name": "Zoe"})
    assert form.is_valid()
    return form


def test_the_error_shows_its_sentence_and_logs_its_code():
    error = DomainError("Choose another day.", code="day.closed", field="day")
    assert (str(error), error.args, error.field) == ("Choose another day.", ("day.closed",), "day")


@pytest.mark.django_db
def test_a_named_constraint_becomes_its_sentence_and_the_transaction_goes_on(facility):
    with pytest.raises(DomainError, match="taken") as caught, explain(accounts_facility_code_key="That code is taken."):
        factories.FacilityFactory(code=facility.code)
    assert caught.value.code == "accounts_facility_code_key"
    assert Facility.objects.count() == 1


@pytest.mark.django_db
def test_a_constraint_nobody_named_stays_an_error(facility):
    with pytest.raises(IntegrityError), transaction.atomic(), explain(another_rule="No."):
        factories.FacilityFactory(code=facility.code)


def test_a_refusal_stands_beside_its_field():
    form = bound()
    with shown_on(form):
        raise DomainError("That name is taken.", field="name")
    assert form.errors == {"name": ["That name is taken."]}


@pytest.mark.parametrize("field", [None, "unknown"])
def test_a_refusal_without_a_field_of_the_form_stands_above_it(field):
    form = bound()
    with shown_on(form):
        raise DomainError("Not today.", field=field)
    assert form.non_field_errors() == ["Not today."]


@pytest.mark.parametrize(
    ("referer", "path"),
    [
        ("http://testserver/patients/?page=2", "/patients/?page=2"),
        ("http://elsewhere.example/patients/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_one_is_sent_back_only_within_the_house(referer, path):
    assert came_from(RequestFactory().post("/x/", headers={"Referer": referer})) == path


def test_other_errors_pass_the_middleware():
    middleware = DomainErrorMiddleware(lambda request: HttpResponse())
    assert middleware.process_exception(RequestFactory().get("/"), ValueError("no")) is None
