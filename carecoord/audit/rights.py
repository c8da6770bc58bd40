"""What the application's database role may do: append to the audit, and never more.

`DATABASE_URL` is the application's role; `DATABASE_OWNER_URL` the one that owns the tables, for migrations alone.
Without the second, one role does both; the triggers refuse change all the same.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.conf import settings
from django.db import connection

from carecoord.audit.guards import GUARDS

WHO = ("USER", "PASSWORD", "HOST", "PORT")  # the database is the same
NOT_FOR_THE_APPLICATION = ("django_migrations",)


@contextmanager
def as_owner() -> Iterator[dict[str, str]]:
    """The connection is the owner's for a while, when there is one. For commands: threads connect as the owner too.

    Gives USER and PASSWORD of the application's role, nothing when one role does both.
    """
    owner = settings.DATABASE_OWNER
    if owner is None or connection.in_atomic_block:
        yield {}
        return
    application = {name: connection.settings_dict[name] for name in WHO}
    connection.close()
    connection.settings_dict.update({name: owner.get(name, "") for name in WHO})
    try:
        yield application
    finally:
        connection.close()
        connection.settings_dict.update(application)


def add_role(application: dict[str, str]) -> None:
    """Make the application's role where there is none, and let it in."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [application["USER"]])
        if cursor.fetchone() is None:
            role = connection.ops.quote_name(application["USER"])
            cursor.execute(f"CREATE ROLE {role} LOGIN PASSWORD %s", [application["PASSWORD"] or None])


def grant(role: str) -> None:
    """Give the application everything by row, but of what is append-only no more than that. Asked as the owner."""
    quoted = connection.ops.quote_name(role)
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {quoted}")
        for statement in _statements(quoted):
            cursor.execute(statement)


def append_only_tables() -> list[str]:
    """The audit's tables, and every history: who may write them appends. The witness is its trigger's alone."""
    histories = [model._meta.db_table for model in apps.get_models() if hasattr(model, "history_object")]
    return [*GUARDS, *histories]


def _statements(role: str) -> Iterator[str]:
    rows, sequences = "SELECT, INSERT, UPDATE, DELETE", "USAGE, SELECT"
    yield f"GRANT {rows} ON ALL TABLES IN SCHEMA public TO {role}"
    yield f"GRANT {sequences} ON ALL SEQUENCES IN SCHEMA public TO {role}"
    yield f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {rows} ON TABLES TO {role}"
    yield f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {sequences} ON SEQUENCES TO {role}"
    there = set(connection.introspection.table_names())
    appended = ", ".join(table for table in append_only_tables() if table in there)
    if appended:
        yield f"REVOKE UPDATE, DELETE ON {appended} FROM {role}"
    if "accounts_rowversion" in there:
        yield f"REVOKE INSERT ON accounts_rowversion FROM {role}"
    for table in NOT_FOR_THE_APPLICATION:
        if table in there:
            yield f"REVOKE INSERT, UPDATE, DELETE ON {table} FROM {role}"
