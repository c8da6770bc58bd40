import socket

from celery import shared_task

from core.ids import uuid7
from scheduling import services


@shared_task
def send_due_reminders() -> None:
    services.send_due_reminders(worker=f"{socket.gethostname()[:20]}:{uuid7().hex[-12:]}")


@shared_task
def offer_freed_times() -> None:
    services.offer_freed_times()
