"""What stays written whatever becomes of the transaction around it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connection


def apart(write: Callable[[], None]) -> None:
    """Call `write` so that what it writes is committed, even if the caller's transaction is rolled back.

    Inside a transaction it runs on a connection of its own, which sees nothing that is not committed: give it ids.
    Meant for what is rare, such as a refusal. An error in it is raised here.
    """
    if not connection.in_atomic_block:
        write()
        return
    with ThreadPoolExecutor(1) as thread:
        thread.submit(_on_own_connection, write).result()


def _on_own_connection(write: Callable[[], None]) -> None:
    try:
        write()
    finally:
        connection.close()
