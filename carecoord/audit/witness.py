"""The second witness: triggers that note every write of a Record, whatever wrote it, without a value.

Installed after each migration, on the tables of the models there are then, so that a new model is covered by itself.
"""

from collections.abc import Iterator
from functools import cache

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import connection

from accounts.models import User
from carecoord.audit.findings import Finding
from carecoord.audit.guards import ON, function_bodies
from core.models import Record
from patients.models import DeskGrant, PatientGrant

WITHOUT_VERSION = (User, Authenticator, DeskGrant, PatientGrant)  # who may come in, and who may see whom
EVENTS = ("insert", "update", "delete", "truncate")

# Statement by statement, so that a thousand rows cost little more than one. `TG_ARGV[0]` says whether the table has a
# version. As the owner, so that nobody else can write here; with the search path closed against look-alikes.
FUNCTION = """
CREATE OR REPLACE FUNCTION audit_witness() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    author bigint := nullif(current_setting('app.user_id', true), '')::bigint;
BEGIN
    IF TG_OP = 'INSERT' AND TG_ARGV[0] = 'versioned' THEN
        INSERT INTO accounts_rowversion (at, "table", row_id, op, version, columns, author_id)
        SELECT clock_timestamp(), TG_TABLE_NAME, id, 'I', version, '{}', author FROM new_rows;
    ELSIF TG_OP = 'INSERT' THEN
        INSERT INTO accounts_rowversion (at, "table", row_id, op, columns, author_id)
        SELECT clock_timestamp(), TG_TABLE_NAME, id, 'I', '{}', author FROM new_rows;
    ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO accounts_rowversion (at, "table", row_id, op, version, columns, author_id)
        SELECT clock_timestamp(), TG_TABLE_NAME, coalesce(n.id, o.id), 'U', (words.n ->> 'version')::integer,
               ARRAY(SELECT key FROM jsonb_each(words.n) WHERE value IS DISTINCT FROM words.o -> key ORDER BY key),
               author
        FROM new_rows n FULL JOIN old_rows o ON o.id = n.id,
             LATERAL (SELECT to_jsonb(n) AS n, to_jsonb(o) AS o OFFSET 0) words;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO accounts_rowversion (at, "table", row_id, op, columns, author_id)
        SELECT clock_timestamp(), TG_TABLE_NAME, id, 'D', '{}', author FROM old_rows;
    ELSE
        INSERT INTO accounts_rowversion (at, "table", op, columns, author_id)
        VALUES (clock_timestamp(), TG_TABLE_NAME, 'T', '{}', author);
    END IF;
    RETURN NULL;
END $$
"""
REFERENCING = {
    "insert": "REFERENCING NEW TABLE AS new_rows",
    "update": "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "delete": "REFERENCING OLD TABLE AS old_rows",
    "truncate": "",
}
TRIGGER = """
CREATE TRIGGER audit_witness_{event} AFTER {event} ON {table} {referencing}
FOR EACH STATEMENT EXECUTE FUNCTION audit_witness('{kind}')
"""
THERE = """
SELECT rel.relname, trig.tgname, trig.tgenabled::text FROM pg_class rel
JOIN pg_namespace space ON space.oid = rel.relnamespace
LEFT JOIN pg_trigger trig ON trig.tgrelid = rel.oid AND trig.tgname LIKE 'audit\\_witness\\_%%'
    AND trig.tgfoid = to_regproc('public.audit_witness')
WHERE space.nspname = 'public' AND rel.relkind = 'r' AND rel.relname = ANY(%s)
"""


@cache
def witnessed_tables() -> dict[str, str]:
    """Each table that has a witness → whether its rows have a version."""
    versioned = {model._meta.db_table: "versioned" for model in apps.get_models() if issubclass(model, Record)}
    return versioned | {model._meta.db_table: "plain" for model in WITHOUT_VERSION}


def install() -> None:
    """Put the triggers where they are missing; quick when none is. Tables not migrated yet are left out."""
    there = _there()
    if "accounts_rowversion" not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        cursor.execute(FUNCTION)
        for table, triggers in there.items():
            for event in EVENTS:
                if f"audit_witness_{event}" not in triggers:
                    cursor.execute(_trigger(table, event))


def check_witness() -> Iterator[Finding]:
    """Every table of a Record tells the witness of every kind of write."""
    there = _there()
    for table in witnessed_tables():
        triggers = there.get(table, {})
        for event in EVENTS:
            state = triggers.get(f"audit_witness_{event}")
            if state is None:
                yield Finding("trigger", table, f"no trigger witnesses {event.upper()}")
            elif state not in ON:
                yield Finding("trigger", table, f"the trigger that witnesses {event.upper()} is switched off")
    body = function_bodies(["audit_witness"]).get("audit_witness")
    if body is None or body not in FUNCTION:
        yield Finding("function", "audit_witness", "the function was changed or is gone")


def _there() -> dict[str, dict[str, str]]:
    """Each table that exists → its witnesses → whether they are on."""
    found: dict[str, dict[str, str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(THERE, [list(witnessed_tables())])
        for table, name, state in cursor.fetchall():
            triggers = found.setdefault(table, {})
            if name:
                triggers[name] = state
    return found


def _trigger(table: str, event: str) -> str:
    kind = witnessed_tables()[table]
    return TRIGGER.format(event=event, table=table, referencing=REFERENCING[event], kind=kind)
