"""A signed note never changes: held by PostgreSQL, whatever writes to the table."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION patients_note_signed_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'check_violation',
        CONSTRAINT = 'note_signed_is_final',
        TABLE = 'patients_note',
        MESSAGE = 'a signed note is final (note_signed_is_final)';
END $$;
CREATE TRIGGER note_signed_is_final BEFORE UPDATE ON patients_note
    FOR EACH ROW WHEN (
        OLD.signed_at IS NOT NULL
        AND (OLD.text, OLD.author_id, OLD.signed_at, OLD.kind, OLD.addendum_to_id)
            IS DISTINCT FROM (NEW.text, NEW.author_id, NEW.signed_at, NEW.kind, NEW.addendum_to_id)
    ) EXECUTE FUNCTION patients_note_signed_is_final();
"""

BACKWARD = """
DROP TRIGGER note_signed_is_final ON patients_note;
DROP FUNCTION patients_note_signed_is_final();
"""


class Migration(migrations.Migration):
    dependencies = [("patients", "0002_sort_keys_and_record_numbers")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
