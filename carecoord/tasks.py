from celery import shared_task

from carecoord import heartbeat
from carecoord.audit.sealing import seal_all


@shared_task
def record_heartbeat() -> None:
    heartbeat.record()


@shared_task
def seal_audit() -> None:
    seal_all()
