"""PostgreSQL refuses any change of what was uploaded."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION staff_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% % never changes', TG_TABLE_NAME, OLD.id
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
END $$;
CREATE TRIGGER credential_file_never_changes BEFORE UPDATE ON staff_credentialfile FOR EACH ROW WHEN (
    (OLD.credential_id, OLD.file, OLD.content_type, OLD.size, OLD.sha256, OLD.author_id, OLD.created_at)
        IS DISTINCT FROM
    (NEW.credential_id, NEW.file, NEW.content_type, NEW.size, NEW.sha256, NEW.author_id, NEW.created_at)
) EXECUTE FUNCTION staff_refuse_change();
"""

BACKWARD = """
DROP TRIGGER credential_file_never_changes ON staff_credentialfile;
DROP FUNCTION staff_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("staff", "0002_credential_files")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
