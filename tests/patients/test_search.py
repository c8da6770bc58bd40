"""Finding a person one may see, however the name is typed."""

from datetime import date

import pytest
from django.db import connection

from accounts.roles import Role
from patients import selectors, services
from patients.models import Relation, SearchKey
from patients.selectors.search import birth_dates
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def intake(facility):
    return factories.person(Role.INTAKE, facility)


@pytest.fixture
def marisol(facility):
    row = factories.patient(facility, record_number="CC-900042", preferred_name="Mari")
    services.add_contact_point(patient=row, system="phone", value="+1 (212) 555-0142", by=None, reason="test")
    services.add_contact_point(patient=row, system="email", value="Mari90@example.net", by=None, reason="test")
    return row


@pytest.fixture(autouse=True)
def others(facility, other_facility):
    factories.patient(facility, given_name="John", family_name="Okafor", birth_date=date(1961, 1, 2))
    factories.patient(facility, given_name="Séan", family_name="O'Brien", birth_date=date(1961, 1, 2))
    factories.patient(other_facility)  # another Marisol Rivera, whom nobody here may find


@pytest.mark.parametrize(
    "text",
    ["Rivera", "riv", "MARISOL", "mari", "Marisol Riv", "rivera mar", "Rivera, Marisol", "Rivrea", "Marisol Rivvera"]
    + ["1990-05-17", "5/17/1990", "05/17/90", "17.05.1990", "051790", "05171990", "19900517"]
    + ["(212) 555-0142", "+12125550142", "212555", "0142", "5550142", "CC-900042", "cc-9000", "900042", "mari90@ex"],
)
def test_a_person_is_found_as_people_ask(facility, intake, marisol, text):
    assert marisol in selectors.search(intake, facility, text)
    assert len(selectors.search(intake, facility, text)) == 1


@pytest.mark.parametrize("text", ["", "m", "zz", "1", "5/17/1991", "O", "cc", "%", "_iv", "x" * 500])
def test_nothing_is_found_by_what_fits_nobody(facility, intake, marisol, text):
    assert marisol not in selectors.search(intake, facility, text)


def test_accents_and_apostrophes_do_not_matter(facility, intake):
    for text in ("sean obrien", "Séan O’Brien", "o'brien"):
        assert [row.family_name for row in selectors.search(intake, facility, text)] == ["O'Brien"]


def test_a_stranger_finds_nobody_and_the_team_finds_its_own(facility, marisol):
    clinician = factories.person(Role.CLINICIAN, facility)
    assert selectors.search(clinician, facility, "rivera") == []
    services.grant(patient=marisol, user=clinician, facility=facility, relation=Relation.CARE_TEAM)
    found = selectors.search(clinician, facility, "rivera")
    assert [(row.pk, row.shows_identity) for row in found] == [(marisol.pk, True)]


def test_who_knows_only_the_name_used_does_not_find_by_birth_date_or_number(facility, marisol):
    leader = factories.person(Role.ACTIVITIES, facility)
    services.grant(patient=marisol, user=leader, facility=facility, relation=Relation.ENROLMENT)
    assert [row.shows_identity for row in selectors.search(leader, facility, "mari")] == [False]
    for text in ("1990-05-17", "CC-900042", "0142"):
        assert selectors.search(leader, facility, text) == []


def test_the_workforce_desk_finds_nobody(facility, marisol):
    assert selectors.search(factories.person(Role.PHYSICIAN_SERVICES, facility), facility, "rivera") == []


@pytest.mark.parametrize("text", ["riv", "Rivrea", "051790", "0142"])
def test_a_search_takes_two_queries_at_most_however_many_answer(facility, intake, text, django_assert_max_num_queries):
    for _ in range(30):
        factories.patient(facility)
    intake.kept_memberships = []
    selectors.search(intake, facility, "warm up")
    with django_assert_max_num_queries(2):
        assert len(selectors.search(intake, facility, text)) == (0 if text == "0142" else 20)


def test_a_prefix_is_a_range_of_the_index():
    keys = SearchKey.objects.filter(key__gte="riv", key__lt="riv\U0010ffff").order_by("key", "patient_id")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
    plan = keys.explain()
    assert "search_key_once" in plan
    assert "Index Cond" in plan
    assert "Sort" not in plan


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("02/03/1990", [date(1990, 2, 3)]),
        ("2.3.1990", [date(1990, 3, 2)]),
        ("13/13/1990", []),
        ("010150", [date(1950, 1, 1)]),
    ],
)
def test_a_date_is_read_as_it_is_written_here(text, expected):
    assert birth_dates(text) == expected


def test_a_likely_duplicate_is_named_with_its_reason(facility, intake, marisol):
    found = selectors.possible_duplicates(
        user=intake, facility=facility, given="Marisol", family="Rivera", birth_date=date(1990, 5, 17)
    )
    assert [(row.patient, row.score, row.why) for row in found] == [(marisol, 100, "same name, same birth date")]


def test_a_misspelt_name_with_exchanged_day_and_month_is_likely(facility, intake):
    row = factories.patient(facility, given_name="Jon", family_name="Smith", birth_date=date(1980, 3, 4))
    found = selectors.possible_duplicates(
        user=intake, facility=facility, given="John", family="Smyth", birth_date=date(1980, 4, 3)
    )
    assert [hit.patient for hit in found] == [row]
    assert found[0].why == "similar name, birth date differs by one slip"


def test_a_telephone_number_alone_brings_up_its_owner(facility, intake, marisol):
    found = selectors.possible_duplicates(
        user=intake, facility=facility, given="Mary", family="Rivera", phone="212-555-0142"
    )
    assert [hit.patient for hit in found] == [marisol]
    assert "same telephone number" in found[0].why


def test_duplicates_take_one_query_and_show_nobody_to_who_may_not_see(
    facility, other_facility, intake, marisol, django_assert_num_queries
):
    intake.kept_memberships = []
    selectors.search(intake, facility, "warm up")
    with django_assert_num_queries(1):
        selectors.possible_duplicates(user=intake, facility=facility, given="Marisol", family="Rivera", phone="0142")
    care = factories.person(Role.PATIENT_CARE, facility)
    assert selectors.possible_duplicates(user=care, facility=facility, given="Marisol", family="Rivera") == []


def test_a_legal_name_beside_the_one_used_finds_only_for_who_may_read_it(facility, intake):
    sam = factories.patient(facility, given_name="Wilhelmina", preferred_name="Sam", family_name="Haddad")
    leader = factories.person(Role.ACTIVITIES, facility)
    services.grant(patient=sam, user=leader, facility=facility, relation=Relation.ENROLMENT)
    for text in ("sam", "haddad s", "sam had", "hadad"):
        assert selectors.search(leader, facility, text) == [sam], text
    for text in ("wilhelmina", "wilhelm had", "wilhelmna"):
        assert selectors.search(leader, facility, text) == [], text
        assert selectors.search(intake, facility, text) == [sam], text
