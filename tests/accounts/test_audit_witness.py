"""The second witness sees every way to write, and tells what history did not see."""

from io import StringIO

import pytest
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from simple_history.utils import bulk_create_with_history

from accounts.models import Facility, RowVersion
from carecoord.audit import witness
from carecoord.audit.unseen import unseen_writes
from core import audit
from patients.models import Flag, PatientGrant
from tests import factories
from tests.accounts.sealed import as_superuser, run

pytestmark = pytest.mark.django_db


@pytest.fixture
def author(facility):
    return factories.person("intake", facility)


@pytest.fixture
def flag(facility, author):
    return audit.save(Flag(patient=factories.patient(facility), text="Falls"), by=author)


def seen(table: str = "patients_flag") -> list[tuple]:
    """What the witness noted since the last time this was asked, without the row's id."""
    rows = RowVersion.objects.filter(table=table).order_by("pk")
    found = [(row.op, row.version, row.columns, row.author_id) for row in rows]
    with as_superuser():
        run("DELETE FROM accounts_rowversion")
    return found


def test_seven_ways_to_write_are_seen(flag, author):
    seen()
    another = Flag(patient=flag.patient, text="One")
    audit.save(another, by=author)
    flag.text = "Two"
    audit.save(flag, by=author)
    assert seen() == [
        ("I", 1, [], author.pk),
        ("U", 2, ["text", "updated_at", "version"], author.pk),
    ]
    Flag.objects.filter(pk=flag.pk).update(text="Three")
    Flag.objects.bulk_create([Flag(patient=flag.patient, text=str(n)) for n in range(2)])
    flag.text = "Four"
    Flag.objects.bulk_update([flag], ["text"])
    run("UPDATE patients_flag SET text = 'Five' WHERE id = %s", flag.pk)
    another.delete()
    assert [(op, columns) for op, _, columns, _ in seen()] == [
        ("U", ["text"]), ("I", []), ("I", []), ("U", ["text"]), ("U", ["text"]), ("D", []),
    ]  # fmt: skip


def test_it_keeps_no_value(flag):
    columns = {field.name for field in RowVersion._meta.get_fields()}
    assert columns == {"id", "at", "table", "row_id", "op", "version", "columns", "author_id"}


def test_the_system_is_nobody_and_an_author_does_not_leak_into_its_writes(flag, author):
    seen()
    audit.save(flag, by=None, reason="test")
    assert [row[3] for row in seen()] == [None]


def test_grants_people_and_second_factors_are_seen(facility, author):
    patient = factories.patient(facility)
    permission = Permission.objects.filter(codename="on_care_team").first()
    grant = PatientGrant.objects.create(user=author, content_object=patient, facility=facility, permission=permission)
    assert seen("patients_patientgrant")[-1][0] == "I"
    grant.delete()
    assert seen("patients_patientgrant")[-1][0] == "D"
    type(author).objects.filter(pk=author.pk).update(is_active=False)
    assert seen("accounts_user")[-1][2] == ["is_active"]


def test_a_table_emptied_is_seen(flag):
    seen()
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run("TRUNCATE patients_flag CASCADE")
    assert [row[0] for row in seen()] == ["T"]


def test_a_new_table_is_covered_after_the_next_migration():
    run("DROP TRIGGER audit_witness_delete ON accounts_facility")
    assert [str(finding) for finding in witness.check_witness()] == [
        "accounts_facility: no trigger witnesses DELETE",
    ]
    witness.install()
    assert list(witness.check_witness()) == []


def test_installing_again_changes_nothing(django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        witness.install()


def test_every_record_has_its_witness():
    tables = witness.witnessed_tables()
    assert tables[Facility._meta.db_table] == "versioned"
    assert "accounts_membership" in tables
    assert len(tables) > 50
    assert connection.in_atomic_block


def unseen() -> list[str]:
    return [str(each).split(", last")[0] for each in unseen_writes()]


def test_what_goes_through_audit_save_is_in_its_history(flag, author):
    flag.text = "Two"
    audit.save(flag, by=author)
    flag.delete()
    assert unseen() == []


def test_what_went_past_history_is_told_with_table_columns_and_author(flag, author):
    audit.tell_author(author)
    Flag.objects.filter(pk=flag.pk).update(text="Three")
    Flag.objects.bulk_create([Flag(patient=flag.patient, text=str(n)) for n in range(2)])
    assert unseen() == ["patients_flag: 3 rows written (text)"]
    assert [each.authors for each in unseen_writes()] == [(author.pk,)]


def test_a_row_deleted_by_sql_is_told(flag):
    run("DELETE FROM patients_flag WHERE id = %s", flag.pk)
    assert unseen() == ["patients_flag: 1 row deleted"]
    with pytest.raises(CommandError, match="without history"):
        call_command("check_writes", stdout=StringIO())


def test_a_bulk_write_with_its_history_twin_is_in_its_history(flag, author):
    bulk_create_with_history([Flag(patient=flag.patient, text="Twin")], Flag, default_user=author)
    assert unseen() == []
