"""The triggers that refuse change: are they there, switched on, and what they were?"""

from collections.abc import Iterator
from importlib import import_module

from django.db import connection

from carecoord.audit.findings import Finding

# Table → trigger → function. What each forbids stands in the migrations that made them.
GUARDS = {
    "accounts_accessevent": ("audit_refuse_change", "audit_refuse_change"),
    "accounts_auditblock": ("audit_refuse_change", "audit_refuse_change"),
    "accounts_rowversion": ("audit_refuse_change", "audit_refuse_change"),
    "records_disclosure": ("records_refuse_change", "records_refuse_emptying"),
}
ROW, BEFORE, DELETE, UPDATE, TRUNCATE = 1, 2, 8, 16, 32  # bits of pg_trigger.tgtype
ON = {"O", "A"}

TRIGGERS = """
SELECT rel.relname, proc.proname, trig.tgtype, trig.tgenabled::text
FROM pg_trigger trig JOIN pg_class rel ON rel.oid = trig.tgrelid JOIN pg_proc proc ON proc.oid = trig.tgfoid
JOIN pg_namespace space ON space.oid = rel.relnamespace
WHERE space.nspname = 'public' AND NOT trig.tgisinternal AND trig.tgqual IS NULL AND rel.relname = ANY(%s)
"""
FUNCTIONS = """
SELECT proname, prosrc FROM pg_proc JOIN pg_namespace space ON space.oid = pronamespace
WHERE space.nspname = 'public' AND proname = ANY(%s)
"""


def check_guards() -> Iterator[Finding]:
    """Each append-only table refuses UPDATE, DELETE and TRUNCATE by a trigger that is on and unchanged."""
    there = _triggers()
    for table, (on_rows, on_all) in GUARDS.items():
        for words, function, bits in (
            ("UPDATE", on_rows, ROW | BEFORE | UPDATE),
            ("DELETE", on_rows, ROW | BEFORE | DELETE),
            ("TRUNCATE", on_all, BEFORE | TRUNCATE),
        ):
            states = [state for name, kind, state in there.get(table, []) if name == function and kind & bits == bits]
            if not states:
                yield Finding("trigger", table, f"no trigger refuses {words}")
            elif not ON & set(states):
                yield Finding("trigger", table, f"the trigger that refuses {words} is switched off")
    yield from _changed_functions()


def sources() -> dict[str, str]:
    """Each guarding function → the text in which its body has to stand."""
    accounts = import_module("accounts.migrations.0005_append_only").FUNCTIONS
    records = import_module("records.migrations.0002_papers_never_change").FORWARD
    emptying = import_module("records.migrations.0005_what_never_changes").FUNCTIONS
    return {
        "audit_refuse_change": accounts,
        "audit_boundary": accounts,
        "records_refuse_change": records,
        "records_refuse_emptying": emptying,
    }


def function_bodies(names: list[str]) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(FUNCTIONS, [names])
        return dict(cursor.fetchall())


def _triggers() -> dict[str, list[tuple[str, int, str]]]:
    found: dict[str, list[tuple[str, int, str]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(TRIGGERS, [list(GUARDS)])
        for table, function, kind, state in cursor.fetchall():
            found.setdefault(table, []).append((function, kind, state))
    return found


def _changed_functions() -> Iterator[Finding]:
    expected = sources()
    bodies = function_bodies(list(expected))
    for name, text in expected.items():
        if name not in bodies:
            yield Finding("function", name, "the function is gone")
        elif bodies[name] not in text:
            yield Finding("function", name, "the function was changed")
