"""Settings, all from the environment.

`DATABASE_URL`, `REDIS_URL`, `EMAIL_URL`, `CARECOORD_HOME` and `PORT` may be given; what is not
given is started and set by `carecoord.embedded` before this module is read.
"""

from pathlib import Path

from csp.constants import NONCE, NONE, SELF
from django.urls import reverse_lazy
from environs import Env

from carecoord import embedded
from core import logs
from core.files.configured import documents_storage

env = Env()
BASE_DIR = Path(__file__).resolve().parent.parent

# Set by carecoord.embedded alone, when it runs the database itself: the demo. It opens the mailbox
# page and the one-click demo sign-in, whose routes do not exist otherwise.
EMBEDDED = env.bool("CARECOORD_EMBEDDED", False) and embedded.runs(env.str("DATABASE_URL"))
HOME = Path(env.str("CARECOORD_HOME", str(BASE_DIR / ".carecoord")))

DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY")
FIELD_ENCRYPTION_KEY = env.str("FIELD_ENCRYPTION_KEY", SECRET_KEY)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])
# The address patients' links point to: a neutral host name, never one that tells what we are.
PUBLIC_URL = env.str("PUBLIC_URL", f"http://localhost:{env.int('PORT', 8000)}")

INSTALLED_APPS = [
    "carecoord.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "guardian",
    "simple_history",
    "django_htmx",
    "crispy_forms",
    "crispy_bootstrap5",
    "js_lib_bootstrap5",
    "django_structlog",
    "csp",
    "core",
    "accounts",
    "staff",
    "patients",
    "episodes",
    "records",
    "scheduling",
    "intake",
    "careplans",
    "activities",
    "chart",
    "desks",
    "oversight",
    "fhir",
    "carecoord.apps.CareCoordConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "accounts.middleware.IdleLogoffMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.ActorMiddleware",
    "core.middleware.DomainErrorMiddleware",
    "patients.middleware.MergedAwayMiddleware",
    "accounts.middleware.OneReadMiddleware",  # stays the last
]

ROOT_URLCONF = "carecoord.urls"
WSGI_APPLICATION = "carecoord.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "desks.context.desk",
                "chart.context.patient_header",
            ],
            "builtins": ["core.templatetags.ui"],
        },
    }
]

DATABASES = {"default": env.dj_db_url("DATABASE_URL", conn_max_age=600)}
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# The role that owns the tables, for migrations alone (carecoord.audit.rights); None: DATABASE_URL's does both.
DATABASE_OWNER_URL = env.str("DATABASE_OWNER_URL", "")
DATABASE_OWNER = env.dj_db_url("DATABASE_OWNER_URL") if DATABASE_OWNER_URL else None
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", "redis://localhost:6379/0")
REDIS_TIMEOUT = 0.4  # seconds
CACHES = {
    "default": {
        "BACKEND": "core.cache.ForgivingRedisCache",
        "LOCATION": REDIS_URL,
        # A Redis that does not answer costs a request this once (core.cache), not a minute.
        "OPTIONS": {"socket_connect_timeout": REDIS_TIMEOUT, "socket_timeout": REDIS_TIMEOUT},
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_IDLE_SECONDS = 15 * 60
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True  # htmx takes the token from <body>
SESSION_COOKIE_SAMESITE = "Lax"

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(HOME / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    "record-heartbeat": {
        "task": "carecoord.tasks.record_heartbeat",
        "schedule": 10,
        "options": {"expires": 10},
    },
    # A wake-up not taken within its interval is dropped: the next one finds the same rows.
    "send-due-reminders": {
        "task": "scheduling.tasks.send_due_reminders",
        "schedule": 10,
        "options": {"expires": 10},
    },
    "offer-freed-times": {
        "task": "scheduling.tasks.offer_freed_times",
        "schedule": 10,
        "options": {"expires": 10},
    },
    "sweep-files": {"task": "records.tasks.sweep_files", "schedule": 24 * 3600, "options": {"expires": 3600}},
}

EMAIL = env.dj_email_url("EMAIL_URL", "smtp://localhost:25")
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = EMAIL["EMAIL_HOST"]
EMAIL_PORT = EMAIL["EMAIL_PORT"]
EMAIL_HOST_USER = EMAIL["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD = EMAIL["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS = EMAIL["EMAIL_USE_TLS"]
EMAIL_USE_SSL = EMAIL["EMAIL_USE_SSL"]
EMAIL_TIMEOUT = 20
# How many reminders a minute a mail domain takes: MAIL_DOMAIN_LIMITS="gmail.com=300,*=1000"; without *, no limit.
MAIL_DOMAIN_LIMITS: dict[str, int] = env.dict("MAIL_DOMAIN_LIMITS", {}, subcast_values=int)
# Where undeliverable mail comes back to, and the mailbox it is read from: maildir:///path or imaps://user:pass@host/INBOX.
# The address may hold {id}, as in bounces+{id}@mail.example.org, if the mail server takes what stands after a plus.
BOUNCE_ADDRESS = env.str("BOUNCE_ADDRESS", "")
BOUNCE_URL = env.str("BOUNCE_URL", "")
if BOUNCE_URL:
    CELERY_BEAT_SCHEDULE["read-bounces"] = {
        "task": "scheduling.tasks.read_bounces",
        "schedule": 60,
        "options": {"expires": 60},
    }
# A worker that holds a row longer than this is taken to be dead.
REMINDER_LEASE_SECONDS = env.int("REMINDER_LEASE_SECONDS", 300)
# So many connections to database and mail server a worker has at most while it sends reminders.
REMINDER_LANES = env.int("REMINDER_LANES", 2)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Appointments <appointments@localhost>")
EMAIL_SUBJECT_PREFIX = ""

# The audit's seals. The sealer alone is given AUDIT_SEAL_KEY; who verifies needs AUDIT_VERIFY_KEY (several after a
# change of key, the old ones too). The anchor is a file meant to lie on another machine.
AUDIT_SEAL_KEY = env.str("AUDIT_SEAL_KEY", "")
AUDIT_VERIFY_KEY: list[str] = env.list("AUDIT_VERIFY_KEY", [])
AUDIT_ANCHOR = env.str("AUDIT_ANCHOR", str(HOME / "audit-anchor"))
if AUDIT_SEAL_KEY:
    CELERY_BEAT_SCHEDULE["seal-audit"] = {
        "task": "carecoord.tasks.seal_audit",
        "schedule": 60,
        "options": {"expires": 60},
    }

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "guardian.backends.ObjectPermissionBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# E-mail addresses are unique without regard to case, which the check does not see.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
LOGIN_URL = reverse_lazy("account_login")
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "5/15m/key,20/5m/ip", "reset_password": "5/h/ip,3/h/key"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# The host a passkey is bound to, and every host below it; the host of the request when nothing is given. A passkey
# made for one does not open another: set it before the first is made.
PASSKEY_DOMAIN = env.str("PASSKEY_DOMAIN", "")
MFA_TOTP_ISSUER = "CareCoord"
MFA_ADAPTER = "accounts.adapters.MFAAdapter"  # TOTP secrets and recovery seeds are unreadable at rest
MFA_FORMS = {  # wrong codes count towards the lock-out
    "authenticate": "accounts.forms.AuthenticateForm",
    "reauthenticate": "accounts.forms.ReauthenticateForm",
    "add_webauthn": "accounts.forms.AddPasskeyForm",
    "login_webauthn": "accounts.forms.LoginPasskeyForm",
    "authenticate_webauthn": "accounts.forms.AuthenticatePasskeyForm",
    "reauthenticate_webauthn": "accounts.forms.ReauthenticatePasskeyForm",
}
USERSESSIONS_TRACK_ACTIVITY = False

ANONYMOUS_USER_NAME = None  # guardian: no anonymous row, nobody without a sign-in sees a patient
GUARDIAN_RAISE_403 = False
SIMPLE_HISTORY_HISTORY_ID_USE_UUID = False

LANGUAGE_CODE = "en-us"
LANGUAGES = [("en", "English"), ("es", "Español")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Without collected files (the demo, the tests) WhiteNoise reads them where they lie. COLLECTING is set
# while an image is built: the first collectstatic must write the manifest that later tells the two apart.
WHITENOISE_USE_FINDERS = not (env.bool("COLLECTING", False) or (STATIC_ROOT / "staticfiles.json").exists())
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": HOME / "files", "base_url": None},
    },
    # Uploaded documents: outside the web root, served only through the door (records.views.files).
    "documents": documents_storage(env.str("DOCUMENTS_URL", ""), HOME),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if WHITENOISE_USE_FINDERS
        else "whitenoise.storage.CompressedManifestStaticFilesStorage",
    },
}
# What is taken as an upload; core.files looks at it before anything is kept.
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_MB", 25) << 20
UPLOAD_MAX_REQUEST_BYTES = 4 * UPLOAD_MAX_BYTES
UPLOAD_MAX_PIXELS = env.int("UPLOAD_MAX_PIXELS", 60_000_000)
UPLOAD_MAX_PAGES = env.int("UPLOAD_MAX_PAGES", 500)
# The virus scanner: host:port or a socket's path. Without one, uploads are not scanned.
CLAMD_ADDRESS = env.str("CLAMD_ADDRESS", "")
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_HANDLERS = [
    "core.files.handlers.LimitingUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
# Secure cookies and HTTPS everywhere but in the demo, which speaks plain HTTP on loopback.
HTTPS = env.bool("HTTPS", not EMBEDDED)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", False) else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "core.views.csrf_failure"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"mask": {"()": "core.logs.MaskFilter"}},
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["mask"]}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "WARNING")},
    "loggers": {"django_structlog": {"level": env.str("REQUEST_LOG_LEVEL", "WARNING")}},
}
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
logs.configure()
