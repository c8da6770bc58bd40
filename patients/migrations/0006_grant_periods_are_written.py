"""Triggers that note since when and until when a relation is in force; what is there now begins now."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION patients_end_grant_period(whose bigint, wherever bigint, who bigint, desk text, what text)
RETURNS void LANGUAGE sql AS $$
    UPDATE patients_grantperiod SET ends_at = clock_timestamp()
     WHERE patient_id = whose AND facility_id = wherever AND user_id IS NOT DISTINCT FROM who AND role = desk
       AND relation = what AND ends_at IS NULL;
$$;
CREATE FUNCTION patients_note_grant() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    what text;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        SELECT codename INTO what FROM auth_permission WHERE id = OLD.permission_id;
        PERFORM patients_end_grant_period(OLD.content_object_id, OLD.facility_id, OLD.user_id, '', what);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        SELECT codename INTO what FROM auth_permission WHERE id = NEW.permission_id;
        INSERT INTO patients_grantperiod (patient_id, facility_id, user_id, role, relation, starts_at, until)
        VALUES (NEW.content_object_id, NEW.facility_id, NEW.user_id, '', what, clock_timestamp(), NEW.until);
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION patients_note_desk_grant() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM patients_end_grant_period(OLD.patient_id, OLD.facility_id, NULL, OLD.role, OLD.relation);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO patients_grantperiod (patient_id, facility_id, user_id, role, relation, starts_at, until)
        VALUES (NEW.patient_id, NEW.facility_id, NULL, NEW.role, NEW.relation, clock_timestamp(), NEW.until);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER grant_is_noted AFTER INSERT OR DELETE ON patients_patientgrant
    FOR EACH ROW EXECUTE FUNCTION patients_note_grant();
CREATE TRIGGER grant_change_is_noted AFTER UPDATE ON patients_patientgrant FOR EACH ROW WHEN (
    (OLD.content_object_id, OLD.facility_id, OLD.user_id, OLD.permission_id, OLD.until) IS DISTINCT FROM
    (NEW.content_object_id, NEW.facility_id, NEW.user_id, NEW.permission_id, NEW.until)
) EXECUTE FUNCTION patients_note_grant();
CREATE TRIGGER desk_grant_is_noted AFTER INSERT OR DELETE ON patients_deskgrant
    FOR EACH ROW EXECUTE FUNCTION patients_note_desk_grant();
CREATE TRIGGER desk_grant_change_is_noted AFTER UPDATE ON patients_deskgrant FOR EACH ROW WHEN (
    (OLD.patient_id, OLD.facility_id, OLD.role, OLD.relation, OLD.until) IS DISTINCT FROM
    (NEW.patient_id, NEW.facility_id, NEW.role, NEW.relation, NEW.until)
) EXECUTE FUNCTION patients_note_desk_grant();
INSERT INTO patients_grantperiod (patient_id, facility_id, user_id, role, relation, starts_at, until)
SELECT content_object_id, facility_id, user_id, '', codename, now(), until
  FROM patients_patientgrant AS held JOIN auth_permission AS permission ON permission.id = held.permission_id;
INSERT INTO patients_grantperiod (patient_id, facility_id, role, relation, starts_at, until)
SELECT patient_id, facility_id, role, relation, now(), until FROM patients_deskgrant;
"""

BACKWARD = """
DROP TRIGGER grant_is_noted ON patients_patientgrant;
DROP TRIGGER grant_change_is_noted ON patients_patientgrant;
DROP TRIGGER desk_grant_is_noted ON patients_deskgrant;
DROP TRIGGER desk_grant_change_is_noted ON patients_deskgrant;
DROP FUNCTION patients_note_grant();
DROP FUNCTION patients_note_desk_grant();
DROP FUNCTION patients_end_grant_period(bigint, bigint, bigint, text, text);
"""


class Migration(migrations.Migration):
    dependencies = [("patients", "0005_grant_periods")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
