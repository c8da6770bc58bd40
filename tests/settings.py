"""The real settings, with a quick password hash and without HTTPS."""

import os

from carecoord.settings import *  # noqa: F403
from carecoord.settings import CACHES, DATABASES, HOME, REDIS_URL, STORAGES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
HTTPS = False
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 0
# A test that says "today" means the day at its facility, at whatever hour the tests run.
TIME_ZONE = "America/New_York"
CELERY_TASK_ALWAYS_EAGER = True  # a test that starts a task means to run it

DATABASES["default"]["ENGINE"] = "tests.database"

# The test database is a copy of one that tests.template has migrated already.
if "CARECOORD_TEST_TEMPLATE" in os.environ:
    DATABASES["default"]["TEST"] = {"TEMPLATE": os.environ["CARECOORD_TEST_TEMPLATE"]}

# A busy machine is not a Redis that is away: what is read from the database instead would change query counts.
CACHES["default"]["OPTIONS"] = {"socket_connect_timeout": 30, "socket_timeout": 30}
# Each process of a run has a cache of its own: one may be emptied while the other counts.
if "PYTEST_XDIST_WORKER" in os.environ:
    number = int(os.environ["PYTEST_XDIST_WORKER"].removeprefix("gw")) + 1
    CACHES["default"]["LOCATION"] = f"{REDIS_URL.rpartition('/')[0]}/{number}"
# And a folder of its own for documents: a test may look at all that is kept there.
STORAGES["documents"]["OPTIONS"]["location"] = HOME / f"documents-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
