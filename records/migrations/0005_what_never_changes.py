"""PostgreSQL refuses any change of an upload, of a drawn signature, and of a disclosure, a form or a notice."""

from django.db import migrations

FORWARD = """
DROP TRIGGER signature_never_changes ON records_signature;
DROP TRIGGER document_never_changes ON records_document;
CREATE TRIGGER document_never_changes BEFORE UPDATE ON records_document FOR EACH ROW WHEN (
    (OLD.text, OLD.sha256, OLD.patient_id, OLD.author_id, OLD.created_at, OLD.file, OLD.content_type, OLD.size)
        IS DISTINCT FROM
    (NEW.text, NEW.sha256, NEW.patient_id, NEW.author_id, NEW.created_at, NEW.file, NEW.content_type, NEW.size)
) EXECUTE FUNCTION records_refuse_change();
CREATE TRIGGER signature_never_changes BEFORE UPDATE ON records_signature FOR EACH ROW WHEN (
    (OLD.document_id, OLD.sha256, OLD.signer_name, OLD.signer_role, OLD.basis, OLD.method, OLD.drawing, OLD.signed_at,
     OLD.witness_id)
        IS DISTINCT FROM
    (NEW.document_id, NEW.sha256, NEW.signer_name, NEW.signer_role, NEW.basis, NEW.method, NEW.drawing, NEW.signed_at,
     NEW.witness_id)
) EXECUTE FUNCTION records_refuse_change();
CREATE TRIGGER consent_form_never_changes BEFORE UPDATE ON records_consentform FOR EACH ROW WHEN (
    (OLD.facility_id, OLD.category, OLD.number, OLD.title, OLD.introduction, OLD.revocation, OLD.redisclosure,
     OLD.consequences, OLD.effective_from)
        IS DISTINCT FROM
    (NEW.facility_id, NEW.category, NEW.number, NEW.title, NEW.introduction, NEW.revocation, NEW.redisclosure,
     NEW.consequences, NEW.effective_from)
) EXECUTE FUNCTION records_refuse_change();
CREATE TRIGGER notice_version_never_changes BEFORE UPDATE ON records_noticeversion FOR EACH ROW WHEN (
    (OLD.facility_id, OLD.number, OLD.text, OLD.sha256) IS DISTINCT FROM
    (NEW.facility_id, NEW.number, NEW.text, NEW.sha256)
) EXECUTE FUNCTION records_refuse_change();
-- What was signed is what holds: an active or ended consent changes only in its status, its event and its revocation.
CREATE TRIGGER consent_signed_is_final BEFORE UPDATE ON records_consent FOR EACH ROW WHEN (
    OLD.status NOT IN ('draft') AND
    (OLD.patient_id, OLD.facility_id, OLD.category, OLD.form_id, OLD.discloser, OLD.data_classes, OLD.description,
     OLD.covers_from, OLD.covers_until, OLD.purposes, OLD.purpose_words, OLD.expiry, OLD.expires_on, OLD.expiry_event,
     OLD.document_id, OLD.signature_id, OLD.activated_at)
        IS DISTINCT FROM
    (NEW.patient_id, NEW.facility_id, NEW.category, NEW.form_id, NEW.discloser, NEW.data_classes, NEW.description,
     NEW.covers_from, NEW.covers_until, NEW.purposes, NEW.purpose_words, NEW.expiry, NEW.expires_on, NEW.expiry_event,
     NEW.document_id, NEW.signature_id, NEW.activated_at)
) EXECUTE FUNCTION records_refuse_change();
CREATE TRIGGER consent_recipient_never_changes BEFORE UPDATE OR DELETE ON records_consentrecipient
    FOR EACH ROW EXECUTE FUNCTION records_refuse_change_unless_draft();
CREATE TRIGGER disclosure_never_changes BEFORE UPDATE OR DELETE ON records_disclosure
    FOR EACH ROW EXECUTE FUNCTION records_refuse_change();
CREATE TRIGGER disclosure_never_emptied BEFORE TRUNCATE ON records_disclosure
    FOR EACH STATEMENT EXECUTE FUNCTION records_refuse_emptying();
CREATE TRIGGER counseling_note_signed_is_final BEFORE UPDATE ON records_counselingnote FOR EACH ROW WHEN (
    OLD.signed_at IS NOT NULL AND
    (OLD.patient_id, OLD.author_id, OLD.text, OLD.signed_at, OLD.session_at) IS DISTINCT FROM
    (NEW.patient_id, NEW.author_id, NEW.text, NEW.signed_at, NEW.session_at)
) EXECUTE FUNCTION records_refuse_change();
"""

FUNCTIONS = """
CREATE FUNCTION records_refuse_emptying() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
END $$;
CREATE FUNCTION records_refuse_change_unless_draft() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM records_consent WHERE id = OLD.consent_id AND status <> 'draft') THEN
        RAISE EXCEPTION '% % never changes', TG_TABLE_NAME, OLD.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
"""

BACKWARD = """
DROP TRIGGER counseling_note_signed_is_final ON records_counselingnote;
DROP TRIGGER disclosure_never_emptied ON records_disclosure;
DROP TRIGGER disclosure_never_changes ON records_disclosure;
DROP TRIGGER consent_recipient_never_changes ON records_consentrecipient;
DROP TRIGGER consent_signed_is_final ON records_consent;
DROP TRIGGER notice_version_never_changes ON records_noticeversion;
DROP TRIGGER consent_form_never_changes ON records_consentform;
DROP TRIGGER signature_never_changes ON records_signature;
DROP TRIGGER document_never_changes ON records_document;
DROP FUNCTION records_refuse_change_unless_draft();
DROP FUNCTION records_refuse_emptying();
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


class Migration(migrations.Migration):
    dependencies = [("records", "0004_consents_disclosures_requests")]
    operations = [migrations.RunSQL(FUNCTIONS + FORWARD, BACKWARD)]
