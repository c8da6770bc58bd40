"""What is signed never changes: session, attendance and lines, held by PostgreSQL whatever writes to the tables."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION activities_signed_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'check_violation',
        CONSTRAINT = 'session_signed_is_final',
        MESSAGE = 'a signed session is final (session_signed_is_final)';
END $$;

CREATE FUNCTION activities_attendance_of_signed_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM activities_session s WHERE s.id = OLD.session_id AND s.note_signed_at IS NOT NULL) THEN
        RAISE EXCEPTION USING
            ERRCODE = 'check_violation',
            CONSTRAINT = 'session_signed_is_final',
            MESSAGE = 'a signed session is final (session_signed_is_final)';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;

CREATE TRIGGER session_signed_is_final BEFORE UPDATE ON activities_session
    FOR EACH ROW WHEN (
        OLD.note_signed_at IS NOT NULL
        AND (OLD.shared_note, OLD.note_signed_at, OLD.note_signed_by_id, OLD.program_id, OLD.appointment_id)
            IS DISTINCT FROM
            (NEW.shared_note, NEW.note_signed_at, NEW.note_signed_by_id, NEW.program_id, NEW.appointment_id)
    ) EXECUTE FUNCTION activities_signed_is_final();
CREATE TRIGGER attendance_of_signed_is_final BEFORE UPDATE ON activities_attendance
    FOR EACH ROW WHEN (
        (OLD.status, OLD.minutes, OLD.session_id, OLD.patient_id)
            IS DISTINCT FROM (NEW.status, NEW.minutes, NEW.session_id, NEW.patient_id)
    ) EXECUTE FUNCTION activities_attendance_of_signed_is_final();
CREATE TRIGGER line_signed_is_final BEFORE UPDATE ON activities_participationnote
    FOR EACH ROW WHEN (
        OLD.signed_at IS NOT NULL
        AND (OLD.text, OLD.author_id, OLD.signed_at, OLD.attendance_id)
            IS DISTINCT FROM (NEW.text, NEW.author_id, NEW.signed_at, NEW.attendance_id)
    ) EXECUTE FUNCTION activities_signed_is_final();
CREATE TRIGGER session_signed_stays BEFORE DELETE ON activities_session
    FOR EACH ROW WHEN (OLD.note_signed_at IS NOT NULL) EXECUTE FUNCTION activities_signed_is_final();
CREATE TRIGGER attendance_of_signed_stays BEFORE DELETE ON activities_attendance
    FOR EACH ROW EXECUTE FUNCTION activities_attendance_of_signed_is_final();
CREATE TRIGGER line_signed_stays BEFORE DELETE ON activities_participationnote
    FOR EACH ROW WHEN (OLD.signed_at IS NOT NULL) EXECUTE FUNCTION activities_signed_is_final();
"""

BACKWARD = """
DROP TRIGGER line_signed_stays ON activities_participationnote;
DROP TRIGGER attendance_of_signed_stays ON activities_attendance;
DROP TRIGGER session_signed_stays ON activities_session;
DROP TRIGGER line_signed_is_final ON activities_participationnote;
DROP TRIGGER attendance_of_signed_is_final ON activities_attendance;
DROP TRIGGER session_signed_is_final ON activities_session;
DROP FUNCTION activities_attendance_of_signed_is_final();
DROP FUNCTION activities_signed_is_final();
"""


class Migration(migrations.Migration):
    dependencies = [("activities", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
