"""An accepted option never changes again: PostgreSQL refuses, whoever asks."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION careplans_accepted_option_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR
       (OLD.title, OLD.description, OLD.benefits, OLD.risks, OLD.weeks, OLD.level_of_care_id, OLD.cost_total,
        OLD.cost_covered, OLD.instalments, OLD.currency, OLD.status, OLD.episode_id, OLD.assessment_id)
       IS DISTINCT FROM
       (NEW.title, NEW.description, NEW.benefits, NEW.risks, NEW.weeks, NEW.level_of_care_id, NEW.cost_total,
        NEW.cost_covered, NEW.instalments, NEW.currency, NEW.status, NEW.episode_id, NEW.assessment_id)
    THEN
        RAISE EXCEPTION 'an accepted option is final'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'option_accepted_is_final';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER option_accepted_is_final BEFORE UPDATE OR DELETE ON careplans_treatmentoption
    FOR EACH ROW WHEN (OLD.status = 'accepted') EXECUTE FUNCTION careplans_accepted_option_is_final();
"""

BACKWARD = """
DROP TRIGGER option_accepted_is_final ON careplans_treatmentoption;
DROP FUNCTION careplans_accepted_option_is_final();
"""


class Migration(migrations.Migration):
    dependencies = [("careplans", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
