"""PostgreSQL refuses any change of the read log, of the seals and of the witness log.

And the function by which the sealer learns up to which id nothing is on its way any more: it waits for whoever is
writing, which a role that may only insert cannot ask for by itself.
"""

from django.db import migrations

TABLES = ("accounts_accessevent", "accounts_auditblock", "accounts_rowversion")

FUNCTIONS = """
CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is appended to and never changed', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
END $$;
CREATE FUNCTION audit_boundary(stream text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    last bigint;
BEGIN
    IF stream NOT IN ('accounts_accessevent', 'accounts_rowversion', 'records_disclosure') THEN
        RAISE EXCEPTION '% is not sealed', stream;
    END IF;
    EXECUTE format('LOCK TABLE %I IN SHARE MODE', stream);
    EXECUTE format('SELECT max(id) FROM %I', stream) INTO last;
    RETURN last;
END $$;
"""

GUARD = """
CREATE TRIGGER {table}_never_changes BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
"""

UNGUARD = """
DROP TRIGGER {table}_never_emptied ON {table};
DROP TRIGGER {table}_never_changes ON {table};
"""

FORWARD = FUNCTIONS + "".join(GUARD.format(table=table) for table in TABLES)
BACKWARD = (
    "".join(UNGUARD.format(table=table) for table in TABLES)
    + "DROP FUNCTION audit_boundary(text); DROP FUNCTION audit_refuse_change();"
)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_seals_and_witness")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
