"""Whom a signed consent names is final; an active consent names somebody; the language of a wording never changes."""

from django.db import migrations

TEXT_OF_A_CONSENT = """
    (OLD.patient_id, OLD.facility_id, OLD.category, OLD.form_id, {old}OLD.discloser, OLD.data_classes,
     OLD.description, OLD.covers_from, OLD.covers_until, OLD.purposes, OLD.purpose_words, OLD.expiry, OLD.expires_on,
     OLD.expiry_event, OLD.document_id, OLD.signature_id, OLD.activated_at)
        IS DISTINCT FROM
    (NEW.patient_id, NEW.facility_id, NEW.category, NEW.form_id, {new}NEW.discloser, NEW.data_classes,
     NEW.description, NEW.covers_from, NEW.covers_until, NEW.purposes, NEW.purpose_words, NEW.expiry, NEW.expires_on,
     NEW.expiry_event, NEW.document_id, NEW.signature_id, NEW.activated_at)
"""
SIGNED_IS_FINAL = """
DROP TRIGGER consent_signed_is_final ON records_consent;
CREATE TRIGGER consent_signed_is_final BEFORE UPDATE ON records_consent FOR EACH ROW WHEN (
    OLD.status NOT IN ('draft') AND {columns}
) EXECUTE FUNCTION records_refuse_change();
"""


def signed_is_final(*more: str) -> str:
    old, new = ("".join(f"{row}.{column}, " for column in more) for row in ("OLD", "NEW"))
    return SIGNED_IS_FINAL.format(columns=TEXT_OF_A_CONSENT.format(old=old, new=new))


FORWARD = """
CREATE FUNCTION records_refuse_recipient_of_signed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM records_consent WHERE id = NEW.consent_id AND activated_at IS NOT NULL) THEN
        RAISE EXCEPTION 'consent % is signed', NEW.consent_id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION records_require_recipient() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM records_consentrecipient WHERE consent_id = NEW.id) THEN
        RAISE EXCEPTION 'consent % names nobody', NEW.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER consent_recipient_before_signing BEFORE INSERT ON records_consentrecipient
    FOR EACH ROW EXECUTE FUNCTION records_refuse_recipient_of_signed();
CREATE CONSTRAINT TRIGGER consent_active_has_recipient AFTER INSERT OR UPDATE ON records_consent
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status = 'active')
    EXECUTE FUNCTION records_require_recipient();
CREATE TRIGGER consent_form_language_never_changes BEFORE UPDATE ON records_consentform FOR EACH ROW WHEN (
    OLD.language IS DISTINCT FROM NEW.language
) EXECUTE FUNCTION records_refuse_change();
CREATE TRIGGER notice_version_language_never_changes BEFORE UPDATE ON records_noticeversion FOR EACH ROW WHEN (
    OLD.language IS DISTINCT FROM NEW.language
) EXECUTE FUNCTION records_refuse_change();
"""

BACKWARD = """
DROP TRIGGER notice_version_language_never_changes ON records_noticeversion;
DROP TRIGGER consent_form_language_never_changes ON records_consentform;
DROP TRIGGER consent_active_has_recipient ON records_consent;
DROP TRIGGER consent_recipient_before_signing ON records_consentrecipient;
DROP FUNCTION records_require_recipient();
DROP FUNCTION records_refuse_recipient_of_signed();
"""


class Migration(migrations.Migration):
    dependencies = [("records", "0007_consents_in_the_language_read")]
    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.RunSQL(signed_is_final("language", "ends_with_care"), signed_is_final()),
    ]
