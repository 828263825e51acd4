"""Every setting, in titled sections; the environment is read only through ``portal.env``."""

from __future__ import annotations

from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from portal import env, queues
from portal.schedule import BEAT

env.load_state_file()

# -- this copy
ROOT = env.ROOT
STATE = env.state_dir()
DEBUG = env.flag("SEEDBED_DEBUG")
SECRET_KEY = env.text("SEEDBED_SECRET") or "files only: nothing is signed"
PEPPER = env.text("SEEDBED_PEPPER")  # key of all person keys; never stored in the database
ALLOWED_HOSTS = env.words("SEEDBED_HOSTS", "127.0.0.1,localhost")
CSRF_TRUSTED_ORIGINS = env.words("SEEDBED_ORIGINS")
DEMO = env.flag("SEEDBED_DEMO")  # the demo world is running: its feed can be switched on its pages
HTTPS = env.flag("SEEDBED_HTTPS")  # behind a proxy that speaks TLS

# -- applications
INSTALLED_APPS = [
    "portal.apps.PortalConfig",
    "merchants.apps.MerchantsConfig",
    "measurement.apps.MeasurementConfig",
    "leads.apps.LeadsConfig",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    # the simple configs: both would otherwise wrap the loaders, and one of them would be off
    "django_cotton.apps.SimpleAppConfig",
    "template_partials.apps.SimpleAppConfig",
    "csp",
]
MIDDLEWARE = [
    "portal.short_way.ShortWay",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "merchants.signing_in.NoteSession",
    "merchants.signing_in.AskSecondFactor",
    "django_htmx.middleware.HtmxMiddleware",
    "merchants.api_middleware.of_programs",
]
ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# -- databases: one Postgres, one login role for each kind of work (docs/production.md)
_POOL = env.flag("SEEDBED_POOL", default=True)


def _role(name: str, fallback: str | None = None) -> dict[str, object]:
    settings = env.database(name, fallback)
    options = {"application_name": "seedbed", **settings.pop("OPTIONS")}  # type: ignore[dict-item]
    if _POOL:
        options["pool"] = {"min_size": 0, "max_size": 8, "timeout": 10}
    return {**settings, "OPTIONS": options, "CONN_MAX_AGE": 0 if _POOL else 600, "CONN_HEALTH_CHECKS": True}


DATABASES = (
    {}
    if env.files_only()
    else {
        "default": {**_role("DATABASE_URL"), "ATOMIC_REQUESTS": True},  # the app role: row policies bind it
        "owner": _role("DATABASE_OWNER_URL", "DATABASE_URL"),  # migrations only
        "operator": _role("DATABASE_OPERATOR_URL"),  # admin and views across merchants
        "report": _role("DATABASE_REPORT_URL"),  # read only
        "dispatch": _role("DATABASE_DISPATCH_URL"),  # sees which merchants have work, and whose a token is
    }
)

# -- people
AUTH_USER_MODEL = "merchants.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "portal:start"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_LOGIN_METHODS = {"email", "username"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*", "password2*"]
# strangers may register and apply for a merchant
APPLICATIONS_OPEN = env.flag("SEEDBED_APPLICATIONS", default=True)
# a virus scanner that looks at each paper before it is taken: host:port, or the path of its socket; empty: none
CLAMD = env.text("SEEDBED_CLAMD", "")
ACCOUNT_ADAPTER = "merchants.accounts.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ADAPTER = "merchants.signing_in.SecondFactor"
MFA_TOTP_TOLERANCE = 1  # clocks of phones go wrong by half a minute
USERSESSIONS_ADAPTER = "merchants.signing_in.Sessions"
USERSESSIONS_TRACK_ACTIVITY = False  # NoteSession does, and not at every click
# who signs in in two steps, whether they want to or not: staff, and codes of roles (`staff owner finance`)
SECOND_FACTOR_OF = env.words("SEEDBED_SECOND_FACTOR_OF", "staff")
ALLAUTH_TRUSTED_PROXY_COUNT = (
    1 if HTTPS else 0
)  # the proxy says who calls: limits and sessions are per address

# -- letters; without a mail server they lie as files below the state folder
globals().update(env.mail("SEEDBED_SMTP_URL"))
SITE_URL = env.text("SEEDBED_URL", f"http://127.0.0.1:{env.whole('PORT', 8000)}").rstrip("/")
# origins that sources of leads may be asked at beside their own: a proxy of the installation, fakes in tests
PARTNER_ORIGINS = [*env.words("SEEDBED_PARTNERS"), *([SITE_URL] if DEMO else [])]
# origins that webhooks may go to although they lie inside or speak no TLS; none but what the operator names
WEBHOOK_ORIGINS = [*env.words("SEEDBED_WEBHOOK_ORIGINS"), *([SITE_URL] if DEMO else [])]
MAIL_DOMAIN = env.text("SEEDBED_MAIL_DOMAIN", "seedbed.invalid")
DEFAULT_FROM_EMAIL = env.text("SEEDBED_MAIL_FROM", f"Seedbed <reports@{MAIL_DOMAIN}>")

# -- languages and time
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [ROOT / "portal" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"  # days are cut here; rows hold UTC

# -- templates: partials around cached around cotton, in this order
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django_cotton.cotton_loader.Loader",
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "template_partials.templatetags.partials",
                "django.templatetags.i18n",
                "django.templatetags.static",
                "portal.templatetags.ui",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "csp.context_processors.nonce",
                "portal.context_processors.shell",
            ],
        },
    }
]
COTTON_DIR = "cotton"
COTTON_ISOLATE_BY_DEFAULT = True  # a component sees its arguments, not the names of the page around it

# -- static files
STATIC_URL = "static/"
STATICFILES_DIRS = [ROOT / "static"]
STATIC_ROOT = STATE / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MANIFEST_STRICT = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "merchants.upload_handlers.SealedUploadHandler",  # instead of a temporary file in the clear
]

# -- browser policy
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "img-src": [SELF, "data:", "blob:"],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None

# -- API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["merchants.api_auth.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["merchants.api_auth.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["merchants.api_limits.PerToken"],
    "DEFAULT_METADATA_CLASS": None,  # OPTIONS says nothing that the description does not
    "URL_FORMAT_OVERRIDE": None,  # answers are JSON, whatever an address says
    "EXCEPTION_HANDLER": "portal.api_errors.answer",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Seedbed API",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": ["merchants.api_description.complete"],
}
API_CALLS_A_MINUTE = env.whole("SEEDBED_API_CALLS_A_MINUTE", 600)  # of one token

# -- work in the background: each line has a measured reason (docs/adr/0004-marks-not-messages.md)
CELERY_BROKER_URL = env.text("BROKER_URL")
CELERY_TASK_QUEUES: dict[str, dict[str, str]] = {
    queues.PROMPT: {},
    queues.HEAVY: {},
}  # a worker without -Q takes both
CELERY_TASK_DEFAULT_QUEUE = queues.PROMPT
CELERY_TASK_ROUTES = queues.ROUTES
CELERY_TASK_IGNORE_RESULT = True  # state lives in Postgres
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 45
CELERY_TASK_SOFT_TIME_LIMIT = 30
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 150,
    "unacked_restore_interval": 2,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "global_keyprefix": env.text("SEEDBED_QUEUE_PREFIX", "seedbed:"),
}
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_PUBLISH_RETRY = False  # a hint that cannot be sent is dropped; the sweep catches up
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = BEAT
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

# -- what operators may set
SMALL_MERCHANT_YUAN = env.whole("SEEDBED_SMALL_MERCHANT_YUAN", 10_000_000)  # a year; below: small
LARGE_MERCHANT_YUAN = env.whole("SEEDBED_LARGE_MERCHANT_YUAN", 100_000_000)  # a year; from there on: large
LIVE_SESSION_YUAN = env.whole("SEEDBED_LIVE_SESSION_YUAN", 1_000_000)  # what a large live session sells
PRIVACY_THRESHOLD = max(20, env.whole("SEEDBED_PRIVACY_THRESHOLD", 50))  # people in a cell of person data
DELIVERY_DAYS = env.whole("SEEDBED_DELIVERY_DAYS", 90)  # raw deliveries are kept this long
COMMENT_DAYS = env.whole("SEEDBED_COMMENT_DAYS", 365)  # comments are kept this long after they were posted
SENSITIVE_DAYS = env.whole("SEEDBED_SENSITIVE_DAYS", 30)  # words of a sensitive chat without consent
# of answers that one reviewer accepts, so many in a hundred are drawn for a second one
SECOND_LOOKS = min(100, max(0, env.whole("SEEDBED_SECOND_LOOKS", 5)))
REVIEW_HOURS = env.whole("SEEDBED_REVIEW_HOURS", 16)  # working hours after which a case is late
# house rules of Xiaohongshu's private messages, as guides of agencies tell them (2025, 2026): warned of, not blocked
MESSAGES_BEFORE_AN_ANSWER = env.whole("SEEDBED_MESSAGES_BEFORE_AN_ANSWER", 3)
STRANGERS_A_DAY = env.whole("SEEDBED_STRANGERS_A_DAY", 20)
DELETION_DAYS = env.whole(
    "SEEDBED_DELETION_DAYS", 14
)  # between the second operator's word and a merchant's end
UPLOAD_LIMIT_BYTES = env.whole("SEEDBED_UPLOAD_LIMIT_BYTES", 50 * 1024 * 1024)
VERSION_NAME = _("Seedbed")

# -- log
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.text("SEEDBED_LOG_LEVEL", "INFO")},
}
