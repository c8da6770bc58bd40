"""Django's own PostgreSQL backend, with a flush that no trigger refuses."""

from collections.abc import Iterable

from django.db import transaction
from django.db.backends.postgresql import base, operations


class DatabaseOperations(operations.DatabaseOperations):
    def execute_sql_flush(self, sql_list: Iterable[str]) -> None:
        """As a replica would: what stands append-only for everybody else is emptied between two tests."""
        with transaction.atomic(using=self.connection.alias):
            super().execute_sql_flush(["SET LOCAL session_replication_role = replica", *sql_list])


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = DatabaseOperations
