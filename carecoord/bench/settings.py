"""The settings of the measured server: the real ones, and the page that is the unit."""

from carecoord.settings import *  # noqa: F403

ROOT_URLCONF = "carecoord.bench.urls"
EMBEDDED = False
HTTPS = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = False  # plain HTTP on loopback
