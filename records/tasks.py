from datetime import timedelta

from celery import shared_task

from records.services import uploads


@shared_task
def sweep_files() -> None:
    uploads.sweep_files(older_than=timedelta(days=1))
