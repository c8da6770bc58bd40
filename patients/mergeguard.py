"""PostgreSQL lets no row come to a record that was merged away, whatever writes it and however long ago it began.

A write that began before a merge and comes after it would otherwise land on the duplicate, where nobody looks, or take
a row back there. The triggers are put after each migration on every table that names a patient, so that a new one is
covered by itself. What stayed with the duplicate because it is final goes on changing in what is not.
"""

from django.db import connection
from django.db.models import ForeignKey

from core.errors import MERGED_AWAY
from patients.models import Patient
from patients.services.merges import moving_fields

# The lock waits for a merge under way and then reads the row as the merge left it. The foreign key takes the same lock
# a moment later, so this costs a write one look-up. An old copy of a row that was moved meanwhile names the duplicate
# again when it is saved: OLD is by then the row as the merge left it, so that the copy is refused too.
FUNCTION = """
CREATE OR REPLACE FUNCTION patients_refuse_merged_{column}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    survivor bigint;
BEGIN
    SELECT merged_into_id INTO survivor FROM patients_patient WHERE id = NEW.{column} FOR KEY SHARE;
    IF survivor IS NOT NULL THEN
        RAISE EXCEPTION '% names a record that was merged away', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = '{rule}';
    END IF;
    RETURN NEW;
END $$
"""
TRIGGERS = """
CREATE OR REPLACE TRIGGER patient_not_merged_insert BEFORE INSERT ON {table}
    FOR EACH ROW EXECUTE FUNCTION patients_refuse_merged_{column}();
CREATE OR REPLACE TRIGGER patient_not_merged_update BEFORE UPDATE OF {column} ON {table}
    FOR EACH ROW WHEN (OLD.{column} IS DISTINCT FROM NEW.{column})
    EXECUTE FUNCTION patients_refuse_merged_{column}();
"""


def guarded_columns() -> list[tuple[str, str]]:
    """(table, column) of everything that a merge moves."""
    fields = [(model._meta.db_table, model._meta.get_field(name)) for model, name in moving_fields()]
    patients = Patient._meta.db_table
    return [(table, field.column) for table, field in fields if isinstance(field, ForeignKey) and table != patients]


def install() -> None:
    """Harmless again. Tables that are not migrated yet are left out."""
    there = set(connection.introspection.table_names())
    columns = [(table, column) for table, column in guarded_columns() if table in there]
    with connection.cursor() as cursor:
        for column in sorted({column for _, column in columns}):
            cursor.execute(FUNCTION.format(column=column, rule=MERGED_AWAY))
        for table, column in columns:
            cursor.execute(TRIGGERS.format(table=table, column=column))
