from celery import shared_task

from carecoord import heartbeat


@shared_task
def record_heartbeat() -> None:
    heartbeat.record()
