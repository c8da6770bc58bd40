"""Copies of the sort key, kept by PostgreSQL, and the sequence of our record numbers."""

from django.db import migrations

FORWARD = """
CREATE SEQUENCE patients_record_number START 100001;

CREATE FUNCTION patients_copy_sort_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE patients_patientfacility SET sort_key = NEW.sort_key WHERE patient_id = NEW.id;
    UPDATE patients_patientgrant SET sort_key = NEW.sort_key WHERE content_object_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER patient_sort_key_changed AFTER UPDATE OF sort_key ON patients_patient
    FOR EACH ROW WHEN (OLD.sort_key IS DISTINCT FROM NEW.sort_key) EXECUTE FUNCTION patients_copy_sort_key();

CREATE FUNCTION patients_take_sort_key_facility() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.sort_key := (SELECT sort_key FROM patients_patient WHERE id = NEW.patient_id);
    RETURN NEW;
END $$;
CREATE TRIGGER patient_facility_takes_sort_key BEFORE INSERT ON patients_patientfacility
    FOR EACH ROW EXECUTE FUNCTION patients_take_sort_key_facility();

CREATE FUNCTION patients_take_sort_key_grant() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.sort_key := (SELECT sort_key FROM patients_patient WHERE id = NEW.content_object_id);
    RETURN NEW;
END $$;
CREATE TRIGGER patient_grant_takes_sort_key BEFORE INSERT ON patients_patientgrant
    FOR EACH ROW EXECUTE FUNCTION patients_take_sort_key_grant();
"""

BACKWARD = """
DROP TRIGGER patient_sort_key_changed ON patients_patient;
DROP TRIGGER patient_facility_takes_sort_key ON patients_patientfacility;
DROP TRIGGER patient_grant_takes_sort_key ON patients_patientgrant;
DROP FUNCTION patients_copy_sort_key();
DROP FUNCTION patients_take_sort_key_facility();
DROP FUNCTION patients_take_sort_key_grant();
DROP SEQUENCE patients_record_number;
"""


class Migration(migrations.Migration):
    dependencies = [("patients", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
