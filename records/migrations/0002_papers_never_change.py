"""PostgreSQL refuses any change of what was written, and of what was signed."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION records_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% % never changes', TG_TABLE_NAME, OLD.id
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
END $$;
CREATE TRIGGER document_never_changes BEFORE UPDATE ON records_document FOR EACH ROW WHEN (
    (OLD.text, OLD.sha256, OLD.patient_id, OLD.author_id, OLD.created_at)
        IS DISTINCT FROM (NEW.text, NEW.sha256, NEW.patient_id, NEW.author_id, NEW.created_at)
) EXECUTE FUNCTION records_refuse_change();
CREATE TRIGGER signature_never_changes BEFORE UPDATE ON records_signature FOR EACH ROW WHEN (
    (OLD.document_id, OLD.sha256, OLD.signer_name, OLD.signer_role, OLD.method, OLD.signed_at, OLD.witness_id)
        IS DISTINCT FROM
    (NEW.document_id, NEW.sha256, NEW.signer_name, NEW.signer_role, NEW.method, NEW.signed_at, NEW.witness_id)
) EXECUTE FUNCTION records_refuse_change();
"""

BACKWARD = """
DROP TRIGGER signature_never_changes ON records_signature;
DROP TRIGGER document_never_changes ON records_document;
DROP FUNCTION records_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("records", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
