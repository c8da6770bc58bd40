"""The real settings with an impatient beat, for processes that are killed all the time."""

from carecoord.settings import *  # noqa: F403
from carecoord.settings import CELERY_BEAT_SCHEDULE

CELERY_BEAT_SCHEDULE = {
    "send-due-reminders": CELERY_BEAT_SCHEDULE["send-due-reminders"] | {"schedule": 0.5, "options": {"expires": 5}}
}
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 5, "socket_connect_timeout": 1}
