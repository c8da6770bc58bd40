"""Everybody sees what the matrix says, and nothing more: a marker in every field, looked for on every page."""

import logging

import pytest
from django.db import transaction

from accounts.roles import Role
from tests import marker_readers as reading
from tests import marker_rows
from tests import markers as marking
from tests import world as stage
from tests.conftest import signed_in
from tests.marker_readers import ENTERED, KINDS, MARKS, NOT_ASKED, Page, Reader
from tests.test_access import ROWS

UNSHOWN = {
    "patients.Merge",  # needs two records, so it is read in tests/patients/test_merges.py
    "patients.NotSamePerson",
    "scheduling.WaitlistOffer",  # on the page of an entry with offers: tests/scheduling/test_waitlist_screens.py
}
# All that is not a page: the test reads each of them. Their texts, the names and texts inside of ZIP files too.
NOT_PAGES = {
    "admin:autocomplete": {"application/json"},
    "careplans:assessment_pdf": {"application/pdf"},
    "careplans:plan_pdf": {"application/pdf"},
    "chart:release_packet": {"application/pdf", "application/zip"},
    "feed:calendar": {"text/calendar"},
    "healthz": {"application/json"},
    "link:calendar": {"text/calendar"},
    "patients:breach_export": {"text/csv"},
    "patients:log_export": {"text/csv"},
    "patients:who_looked_print": {"application/pdf"},
    "records:disclosure_accounting_pdf": {"application/pdf"},
    "records:document_file": {"image/jpeg"},
    "records:document_pdf": {"application/pdf"},
    "records:document_thumbnail": {"image/jpeg"},
    "scheduling:appointment_list_pdf": {"application/pdf"},
    "staff:credential_file": {"application/pdf"},
}
# What the matrix would give and no page of that role needs to show.
ELSEWHERE: dict[str, set[str]] = {
    # Another system's number stands where duplicates are compared, and nowhere else.
    "patient-care": {"patients.Identifier"},
    "treatment": {"patients.Identifier", "records.Signature"},
    "clinician": {"patients.Identifier", "records.RecordSubmission"},
    # Photos and notes come to the clerk inside the papers of an envelope or of a release.
    "clerk": {"patients.Identifier", "records.ClinicalPhoto", "records.CounselingNote"},
    "activities": {"careplans.Intervention"},  # those asked of the desk, and the marked one is not
    # What a consent permits, not whose it is; and how many messages go, not what they say.
    "privacy": {"records.Signature", "records.ChannelConsent"},
}


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield stage.build()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def readers(world):
    """(stranger, role) → who has read all there is to read.

    Most rows of the matrix get what they need in one world together. What does not fit beside the others has a
    world of its own, which is taken back.
    """
    found = {
        (stranger, role): Reader(role, stranger, user, signed_in(user))
        for stranger, people in ((False, world.people), (True, world.strangers))
        for role, user in people.items()
    }
    alone = []
    logging.disable(logging.CRITICAL)  # to write a line for each refusal takes a third of the time
    with transaction.atomic():
        _read_together(found.values(), world, alone)
        transaction.set_rollback(True)
    for row in alone:
        with transaction.atomic():
            pages = reading.pages_of([row], world, NOT_ASKED)
            marking.mark(MARKS.values(), world.patient)
            reading.read(found.values(), world, pages)
            transaction.set_rollback(True)
    logging.disable(logging.NOTSET)
    return found


def _read_together(people, world, alone):
    pages = [Page(path) for path in marker_rows.fill(world)]
    pages += reading.pages_of([row for row in ROWS if row.method == "get"], world, alone)
    marking.mark(MARKS.values(), world.patient)
    pages += [*reading.past_pages(world), *reading.breach_pages(world), *reading.days_of_visits(world)]
    pages += [Page(path) for path in marker_rows.leave(world)]
    reading.read(people, world, pages)
    reading.read([one for one in people if reading.enters_admin(one)], world, reading.admin_pages())
    reading.search(people, world)
    reading.read_lists_of_restricted(people, world)


def test_every_field_that_tells_something_has_its_readers():
    assert {str(marker) for marker in MARKS.values() if not marker.readers} == set()


def test_whatever_is_not_a_page_is_read_too(readers):
    assert {view: kinds for view, kinds in KINDS.items() if kinds != {"text/html"}} == NOT_PAGES


def test_everybody_reads_what_the_matrix_gives_and_nothing_more(readers):
    """One test, because reading every page as everybody takes a minute."""
    found = [line for role in Role.values for line in (*_more(readers, role), *_less(readers, role))]
    strange = [f"a stranger: {line}" for role in Role.values for line in _lines(readers[True, role].read)]
    assert "\n".join([*found, *strange, *_shown_to_nobody(readers)]) == ""


def test_lists_of_a_restricted_chart_say_whose_it_is_and_when_and_no_more(readers):
    assert "\n".join(sorted(line for reader in readers.values() for line in reader.untold)) == ""


def _more(readers, role):
    found = readers[False, role].too_much
    wrong = {mark: path for mark, path in found.items() if not (str(mark) in ENTERED and "/restricted/" in path)}
    return [f"{role} may not read {line}" for line in _lines(wrong)]


def _less(readers, role):
    """Something of each kind of row that the person may read, on one page at least."""
    mine = readers[False, role]
    due = {marker.label for reader in readers.values() for marker in reader.read if mine.held & marker.readers}
    less = due - {marker.label for marker in mine.read} - ELSEWHERE.get(role, set())
    return [f"{role} should read {label}" for label in sorted(less)]


def _shown_to_nobody(readers):
    shown = {marker.label for reader in readers.values() for marker in reader.read}
    return [f"nobody reads {label}" for label in {m.label for m in MARKS.values()} - shown - UNSHOWN]


def _lines(read):
    return [f"{marker} on {path}" for marker, path in read.items()]
