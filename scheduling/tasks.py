import imaplib
import socket
from concurrent.futures import ThreadPoolExecutor

import structlog
from celery import shared_task
from django.conf import settings
from django.db import connections

from core.ids import uuid7
from scheduling import bouncebox, services

log = structlog.get_logger(__name__)


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


@shared_task
def read_bounces() -> None:
    """A mailbox that is away is tried again at the next wake-up."""
    try:
        with bouncebox.opened(settings.BOUNCE_URL) as box:
            services.read_bounces(box)
    except (OSError, imaplib.IMAP4.error) as error:
        log.warning("bounce_mailbox_away", error=type(error).__name__)


def _lane() -> None:
    try:
        services.send_due_reminders(worker=_name(), batch=200)
    finally:
        connections.close_all()


def _name() -> str:
    return f"{socket.gethostname()[:20]}:{uuid7().hex[-12:]}"
