"""Everybody sees what the matrix says, and nothing more: a marker in every field, looked for on every page."""

from dataclasses import dataclass, field

import pytest
from django.contrib import admin
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import NoReverseMatch, reverse

from accounts.access import may
from accounts.models import User
from accounts.roles import Perm, Role
from core.errors import DomainError
from patients.access import LISTED
from patients.standing import restricted_charts, standing
from tests import markers as marking
from tests import world as stage
from tests.access_matrix import Row
from tests.conftest import signed_in
from tests.markers import Marker
from tests.test_access import ROWS

# What a person may read because it is his or her own: written, sent or owed by that person.
OWN = {
    "records.Document": Perm.DOCUMENT_OWN,
    "records.ClinicalPhoto": Perm.DOCUMENT_OWN,
    "records.Signature": Perm.DOCUMENT_OWN,
    "records.RecordSubmission": Perm.DOCUMENT_SUBMIT,
    "records.CounselingNote": Perm.COUNSELING_OWN,
    "records.Disclosure": Perm.DISCLOSURE_OWN,
    "patients.EmergencyAccess": Perm.EMERGENCY_OPEN,
    "episodes.Task": Perm.DISCLOSURE_APPROVE,  # what is asked of the privacy officer
}

UNSHOWN = {
    "patients.Encounter",  # imported; no page reads it yet
    "patients.OutsideCareTeamMember",  # imported; no page reads it yet
    "patients.Merge",  # needs two records, so it is read in tests/patients/test_merges.py
    "patients.NotSamePerson",
    "scheduling.WaitlistOffer",  # on the page of an entry with offers: tests/scheduling/test_waitlist_screens.py
}
# The privacy officer restricts a chart by the record number that he or she was told and typed.
ENTERED = "patients.Patient.record_number"
NOT_ASKED: list[Row] = []

# What the matrix would give and no page of that role needs to show.
ELSEWHERE: dict[str, set[str]] = {
    # Another system's number stands where duplicates are compared, and nowhere else.
    "patient-care": {"patients.Identifier"},
    "treatment": {"patients.Identifier", "records.Signature"},
    "clinician": {"patients.Identifier", "records.RecordSubmission"},
    # Photos and notes come to the clerk inside the papers of an envelope or of a release.
    "clerk": {"patients.Identifier", "records.ClinicalPhoto", "records.CounselingNote"},
    "activities": {"careplans.Intervention"},  # those asked of the desk, and the marked one is not
    "privacy": {"records.Signature"},  # what a consent permits, not whose it is
}


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield stage.build()
        transaction.set_rollback(True)


@dataclass
class Reader:
    """One person: what was read on which page, and what of it at a time when the matrix did not give it."""

    user: User
    client: Client
    held: set[Perm] = field(default_factory=set)
    read: dict[Marker, str] = field(default_factory=dict)
    too_much: dict[Marker, str] = field(default_factory=dict)

    def note(self, marker, path, held):
        self.read.setdefault(marker, path)
        if not held & marker.readers and OWN.get(marker.label) not in held:
            self.too_much.setdefault(marker, path)


@pytest.fixture(scope="module")
def readers(world):
    """(stranger, role) → who has read all there is to read.

    Most rows of the matrix get what they need in one world together. What does not fit beside the others has a
    world of its own, which is taken back.
    """
    found = {
        (stranger, role): Reader(user, signed_in(user))
        for stranger, people in ((False, world.people), (True, world.strangers))
        for role, user in people.items()
    }
    alone: list[Row] = []
    with transaction.atomic():
        filled = marking.fill(world)
        together = [path for row in ROWS if row.method == "get" for path in _path(row, world, alone)]
        _read(found.values(), world, [*filled, *together, *_admin()])
        transaction.set_rollback(True)
    for row in alone:
        with transaction.atomic():
            _read(found.values(), world, _path(row, world, NOT_ASKED))
            transaction.set_rollback(True)
    return found


def test_every_field_that_tells_something_has_its_readers():
    assert {str(marker) for marker in marking.markers() if not marker.readers} == set()


def test_everybody_reads_what_the_matrix_gives_and_nothing_more(readers):
    """One test, because reading every page as everybody takes a minute."""
    found = [line for role in Role.values for line in (*_more(readers, role), *_less(readers, role))]
    strange = [f"a stranger: {line}" for role in Role.values for line in _lines(readers[True, role].read)]
    assert "\n".join([*found, *strange, *_shown_to_nobody(readers)]) == ""


def _more(readers, role):
    found = readers[False, role].too_much
    wrong = {mark: path for mark, path in found.items() if not (str(mark) == ENTERED and "/restricted/" in path)}
    return [f"{role} may not read {line}" for line in _lines(wrong)]


def _less(readers, role):
    """Something of each kind of row that the person may read, on one page at least."""
    mine = readers[False, role]
    due = {marker.label for reader in readers.values() for marker in reader.read if mine.held & marker.readers}
    less = due - {marker.label for marker in mine.read} - ELSEWHERE.get(role, set())
    return [f"{role} should read {label}" for label in sorted(less)]


def _shown_to_nobody(readers):
    shown = {marker.label for reader in readers.values() for marker in reader.read}
    return [f"nobody reads {label}" for label in {m.label for m in marking.markers()} - shown - UNSHOWN]


def _lines(read):
    return [f"{marker} on {path}" for marker, path in read.items()]


def _path(row, world, alone):
    """The page, with the rows it needs; a page whose rows would lock everybody out is read alone."""
    try:
        with transaction.atomic():
            path = reverse(row.name, args=row.args(world))
            if alone is not NOT_ASKED and restricted_charts().exists():
                raise DomainError("A restricted chart shows the others nothing.")
            return [path]
    except (DomainError, DatabaseError):
        alone.append(row)
        return _of_patient(row, world)


def _of_patient(row, world):
    """A page that needs no more than the patient shows what there is."""
    try:
        return [reverse(row.name, args=[world.patient.uuid])]
    except NoReverseMatch:
        return []


def _admin():
    for model in admin.site._registry:
        if model in marking.marked_models():
            label = f"admin:{model._meta.app_label}_{model._meta.model_name}"
            yield reverse(f"{label}_changelist")
            for pk in model._base_manager.values_list("pk", flat=True)[:1]:
                yield from (reverse(f"{label}_{page}", args=[pk]) for page in ("change", "history"))


def _read(people, world, paths):
    marks = marking.markers()
    marking.mark(marks, world.patient)
    for reader in people:
        held = _held(reader.user, world)
        reader.held |= held
        for path in paths if held else _beside(paths, world):
            text = _text(reader.client, path)
            for marker in (marker for marker in marks if marker.text in text):
                reader.note(marker, path, held)


def _beside(paths, world):
    """What a stranger may open at all: test_access has every page of the patient answer 404."""
    return [path for path in paths if str(world.patient.uuid) not in path]


def _text(client, path):
    with transaction.atomic():
        text = marking.text_of(client.get(path))
        transaction.set_rollback(True)
    return text


def _held(user, world):
    """By the door; what lists name of a restricted chart; and the matters of the facility."""
    found = standing(user, world.patient)
    if not found.whole:
        return set()
    here = {perm for perm in Perm if not perm.about_patients and may(user, perm)}
    return found.held | found.whole & LISTED | here
