"""The list of naughty strings through the inquiry and the interview: kept byte for byte, or refused in words."""

import json
import os
from itertools import zip_longest
from pathlib import Path

import pytest
from django.urls import reverse

from accounts.roles import Role
from intake.forms.referral import split_name
from intake.models import IntakeInterview, Referral
from tests import factories

SHARED = os.environ.get("CARECOORD_SHARED_DATA", "")
# Each request commits: thousands of savepoints inside one transaction slow down every query after them.
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not SHARED, reason="needs CARECOORD_SHARED_DATA"),
]
STRINGS = json.loads((Path(SHARED) / "robustness/blns.json").read_text()) if SHARED else []
WITH_NUL = ["a\0b", "\0"]


def test_the_inquiry_keeps_or_refuses_every_string(facility, sign_in):
    browser = sign_in(factories.person(Role.INTAKE, facility))
    url = reverse("intake:referral_add")
    for number, text in enumerate([*STRINGS, *WITH_NUL]):
        answer = browser.post(
            url,
            {"name": text, "reach": f"555-01{number:05}", "reason": text, "referrer_name": text[:200], "person": "new"}
            | {"source": "individual", "priority": "routine"},
        )
        assert answer.status_code in {302, 422}, text
        if answer.status_code == 422:
            given, family = split_name(text.strip())
            assert not family or "\0" in text or max(len(given), len(family)) > 200 or len(text.strip()) > 300, text
            continue
        kept = Referral.objects.select_related("patient").latest("pk")
        assert kept.reason == text
        assert (kept.patient.given_name, kept.patient.family_name) == split_name(text.strip())
        if "," not in text:
            assert kept.patient.legal_name == text.strip()


def test_the_interview_keeps_or_refuses_every_string(facility, sign_in):
    intake = factories.person(Role.INTAKE, facility)
    patient = factories.patient(facility)
    factories.episode(patient, facility, by=intake)
    browser, url = sign_in(intake), reverse("intake:interview_edit", args=[patient.uuid])
    version = ""
    for concern, history in zip_longest(STRINGS[::2], STRINGS[1::2], fillvalue=""):
        answer = browser.post(url, _draft(concern, history, version))
        assert answer.status_code == 302, (concern, history)
        kept = IntakeInterview.objects.get()
        version = kept.version
        assert (kept.presenting_concern, kept.health_history) == (concern, history)
    for text in WITH_NUL:
        assert browser.post(url, _draft(text, "", version)).status_code == 422


def _draft(concern, history, version):
    words = {"presenting_concern": concern, "health_history": history}
    return words | {"version": version, "action": "draft", "form-TOTAL_FORMS": "3", "form-INITIAL_FORMS": "0"}
