import socket
from concurrent.futures import ThreadPoolExecutor

from celery import shared_task
from django.db import connections

from core.ids import uuid7
from scheduling import services


@shared_task
def send_due_reminders() -> None:
    """In as many lanes as what is due is worth; each with connections of its own to database and mail server."""
    lanes = services.lanes_needed()
    if lanes == 1:
        services.send_due_reminders(worker=_name())
        return
    with ThreadPoolExecutor(lanes) as pool:
        for lane in [pool.submit(_lane) for _ in range(lanes)]:
            lane.result()


@shared_task
def offer_freed_times() -> None:
    services.offer_freed_times()


def _lane() -> None:
    try:
        services.send_due_reminders(worker=_name(), batch=200)
    finally:
        connections.close_all()


def _name() -> str:
    return f"{socket.gethostname()[:20]}:{uuid7().hex[-12:]}"
