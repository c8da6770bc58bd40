"""Consents, revocations, restrictions and disclosures in any order, against a model of a few lines.

The model knows what each consent permits and what was asked not to be done; whatever the steps, the preflight lets
leave exactly what the model does, and every disclosure made is recorded with the consent that carried it.
"""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from accounts.models import AccessEvent
from accounts.roles import Role
from core import audit
from records.disclosing import Recipient, Refused
from records.models import Consent, Disclosure
from tests import factories
from tests.records import leaving

NAMES = ("Lakeside Clinic", "Blue Valley Plan")
KIND = {"Lakeside Clinic": "provider", "Blue Valley Plan": "payer"}
CLASSES = ("plan", "assessment", "counseling")
PURPOSES = ("treatment", "payment", "housing", "legal")
TPO = {"treatment", "payment", "operations"}
names, purposes = st.sampled_from(NAMES), st.sampled_from(PURPOSES)
some_classes = st.sets(st.sampled_from(CLASSES), min_size=1)
lasting = st.sampled_from((30, 0, -1))


class Leaving(RuleBasedStateMachine):
    """`given`: what each consent permits, as tuples; `asked`: what is not to be disclosed."""

    @initialize()
    def begin(self):
        self.facility = factories.FacilityFactory()
        self.clerk = factories.person(Role.CLERK, self.facility)
        self.patient = factories.patient(self.facility)
        self.given: dict[int, dict] = {}
        self.asked: dict[int, dict] = {}
        self.made: list[tuple[str, int]] = []
        self.give(NAMES[0], {"plan", "assessment"}, "housing", 30, signed=True)
        self.give_tpo({"plan", "assessment"})

    @rule(name=names, classes=some_classes, purpose=purposes, days=lasting, signed=st.booleans())
    def give(self, name, classes, purpose, days, signed):
        """A consent to a named recipient, of the category that the law keeps it in."""
        notes = classes == {"counseling"}
        category = "counseling-notes" if notes else "legal" if purpose == "legal" else "disclosure"
        classes = classes if notes else classes - {"counseling"} or {"plan"}
        if notes and purpose == "legal":
            purpose = "treatment"
        row = leaving.consent(
            self.patient, self.facility, self.clerk, category=category, data_classes=sorted(classes),
            purposes=[purpose], to=((KIND[name], name),), expires_on=self.today + timedelta(days=days), signed=signed,
        )  # fmt: skip
        live = signed and days >= 0
        self.given[row.pk] = {"to": {name}, "classes": classes, "purposes": {purpose}, "kind": category, "live": live}

    @rule(classes=some_classes)
    def give_tpo(self, classes):
        """One consent to all treatment, payment and operations."""
        row = leaving.consent(
            self.patient, self.facility, self.clerk, category="tpo", purposes=sorted(TPO), expiry="none",
            expires_on=None, data_classes=sorted(classes - {"counseling"} or {"plan"}),
            to=(("class", "My providers and health plans"),),
        )  # fmt: skip
        permits = {"to": set(NAMES), "classes": set(row.data_classes), "purposes": TPO, "kind": "tpo", "live": True}
        self.given[row.pk] = permits

    @rule(number=st.integers(0, 99))
    def revoke(self, number):
        if live := [pk for pk, row in self.given.items() if row["live"]]:
            pk = live[number % len(live)]
            leaving.revoke(Consent.objects.get(pk=pk), self.clerk)
            self.given[pk]["live"] = False

    @rule(name=st.sampled_from(("", *NAMES)), classes=st.sets(st.sampled_from(CLASSES[:2])), plan_only=st.booleans())
    def restrict(self, name, classes, plan_only):
        kind = "health-plan" if plan_only else "disclosure"
        fields = {"kind": kind, "recipient_name": name, "data_classes": sorted(classes)}
        row = leaving.restrict(self.patient, self.facility, self.clerk, **fields)
        self.asked[row.pk] = {"name": name, "classes": classes, "plan_only": plan_only, "row": row}

    @rule(number=st.integers(0, 99))
    def end_restriction(self, number):
        if self.asked:
            row = self.asked.pop(list(self.asked)[number % len(self.asked)])["row"]
            row.status = "ended"
            audit.save(row, by=self.clerk)

    @rule(number=st.integers(0, 99), name=names, more=st.booleans())
    def disclose_by_a_consent(self, number, name, more):
        """What one of the consents speaks of, or a little more; a live one, while there is one."""
        if rows := [row for row in self.given.values() if row["live"]] or list(self.given.values()):
            row = rows[number % len(rows)]
            classes = set(sorted(row["classes"])[: 1 + number % 2]) | ({"assessment"} if more else set())
            to = name if name in row["to"] else min(row["to"])
            served = sorted(row["purposes"] & set(PURPOSES))
            self.disclose(to, classes, served[number % len(served)])

    @rule(number=st.integers(0, 99), name=names)
    def disclose_again(self, number, name):
        self.disclose_by_a_consent(number, name, more=False)

    @rule(name=names, classes=some_classes, purpose=purposes)
    def disclose_anything(self, name, classes, purpose):
        self.disclose(name, classes, purpose)

    def disclose(self, name, classes, purpose):
        expected = self.permitting(name, classes, purpose)
        forbidden = self.forbids(name, classes, purpose)
        asked = {"recipient": Recipient(name, KIND[name]), "data_classes": sorted(classes), "purpose": purpose}
        before = self.denials()
        if expected and not forbidden:
            permit = leaving.ask(self.patient, self.facility, self.clerk, **asked)
            assert permit.consent.pk in expected
            assert permit.notice
            self.made.append((name, permit.consent.pk))
            return
        with pytest.raises(Refused) as refused:
            leaving.ask(self.patient, self.facility, self.clerk, **asked)
        assert (refused.value.code == "restriction.active") == bool(expected)
        assert self.denials() == before + len(classes)

    @invariant()
    def what_was_disclosed_is_recorded_and_nothing_else(self):
        if hasattr(self, "patient"):
            rows = Disclosure.objects.filter(patient=self.patient).order_by("pk")
            assert list(rows.values_list("recipient_name", "consent_id")) == self.made

    def permitting(self, name, classes, purpose) -> set[int]:
        notes = "counseling" in classes
        if notes and len(classes) > 1:
            return set()
        kinds = {"counseling-notes"} if notes else {"legal"} if purpose == "legal" else {"tpo", "disclosure"}
        return {
            pk
            for pk, row in self.given.items()
            if row["live"] and row["kind"] in kinds and name in row["to"] and purpose in row["purposes"]
            and classes <= row["classes"]
        }  # fmt: skip

    def forbids(self, name, classes, purpose) -> bool:
        return any(
            (not row["name"] or row["name"] == name)
            and (not row["classes"] or classes & row["classes"])
            and (not row["plan_only"] or (KIND[name] == "payer" and purpose == "payment"))
            for row in self.asked.values()
        )

    def denials(self) -> int:
        return AccessEvent.objects.filter(patient_id=self.patient.pk, action="disclose", outcome="denied").count()

    @property
    def today(self):
        return timezone.localdate(timezone=self.facility.tz)


class InOneTransaction(Leaving):
    """Each run is undone at its end."""

    def __init__(self):
        super().__init__()
        self.around = transaction.atomic()
        self.around.__enter__()

    def teardown(self):
        transaction.set_rollback(True)
        self.around.__exit__(None, None, None)


@pytest.mark.django_db
def test_whatever_the_order_only_what_is_permitted_leaves_and_all_of_it_is_recorded():
    run_state_machine_as_test(
        InOneTransaction,
        settings=settings(
            max_examples=20,
            stateful_step_count=18,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
