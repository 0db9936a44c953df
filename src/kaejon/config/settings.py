"""Every setting of kaejon, each read from the environment by a strict reader.

The meaning of each variable stands in docs/reference/settings.md; a test fails
when one is missing there.
"""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from kaejon.config import clock
from kaejon.config import environment as env

PACKAGE_DIR = Path(__file__).resolve().parent.parent
PRODUCT_VERSION = version("kaejon")

DATA_DIR = Path(env.text("DATA_DIR", "data")).resolve()
DEBUG = env.flag("DEBUG", default=False)
# An empty secret is allowed only until a data folder exists: `kaejon migrate` and `demo` write one there.
SECRET_FILE = DATA_DIR / "secret.key"
SECRET_KEY = env.text(
    "SECRET_KEY", SECRET_FILE.read_text().strip() if SECRET_FILE.is_file() else "unset-see-checks"
)
KEY_FILE = Path(env.text("KEY_FILE", str(DATA_DIR / "person-keys.json")))
ERASURES_FILE = Path(env.text("ERASURES_FILE", str(KEY_FILE.with_name("erasures.jsonl"))))

TLS = env.flag("TLS", default=False)
SITE_URL = env.text("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("TRUSTED_ORIGINS")

# The synthetic demo sets this, and every page and paper says so.
SYNTHETIC_DATA = env.flag("SYNTHETIC", default=(DATA_DIR / "SYNTHETIC").exists())

# Of a synthetic demonstration only: the day that it takes for today.
TODAY = env.day("TODAY")
if TODAY:
    if not SYNTHETIC_DATA:
        raise env.SettingError("KAEJON_TODAY is for synthetic data only; unset it")
    clock.use_day(TODAY)

DATABASES = {"default": env.database(DATA_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "kaejon.web.accounts.admin_config.MaintainersConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "kaejon.apps.audit",
    "kaejon.apps.areas",
    "kaejon.apps.access",
    "kaejon.apps.partners",
    "kaejon.apps.jobs",
    "kaejon.apps.households",
    "kaejon.apps.sources",
    "kaejon.apps.linking",
    "kaejon.apps.surveys",
    "kaejon.apps.measurement",
    "kaejon.apps.coverage",
    "kaejon.apps.folders",
    "kaejon.apps.privacy",
    "kaejon.apps.homes",
    "kaejon.apps.dashboards",
    "kaejon.apps.statistics",
    "kaejon.apps.ranking",
    "kaejon.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "kaejon.web.middleware.DefaultThaiMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "kaejon.web.middleware.BrowserMemoryMiddleware",
    "kaejon.web.middleware.RequestLogMiddleware",
    "kaejon.web.middleware.SessionLimitMiddleware",
    "kaejon.web.accounts.second_step.SecondStepMiddleware",
    "kaejon.web.middleware.LookMiddleware",
    "kaejon.web.middleware.MadeOnceMiddleware",
    "kaejon.web.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "kaejon.config.urls"
WSGI_APPLICATION = "kaejon.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "kaejon.web.looks.SeeingEngine",
        "DIRS": [PACKAGE_DIR / "web" / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kaejon.web.context.shell",
            ],
        },
    }
]

FORM_RENDERER = "kaejon.web.form_rendering.Renderer"

# People and sessions
AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "kaejon.apps.access.passwords.MoreThanTheUserName"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "kaejon.web.accounts.adapter.ClosedSignupAdapter"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
ACCOUNT_SESSION_REMEMBER = False
# By address; by account and address; by account from everywhere; by account and a browser it has signed
# in with. The library's own count of all attempts of an address would shut known browsers out as well.
ACCOUNT_RATE_LIMITS = {
    "login": None,
    "login_address": env.rates("LOGIN_RATE", "30/m/ip"),
    "login_failed": env.rates("LOGIN_FAILED_RATE", "10/m/ip,5/5m/key"),
    "login_failed_account": env.rates("LOGIN_FAILED_ACCOUNT_RATE", "100/h/key"),
    "login_failed_device": env.rates("LOGIN_FAILED_DEVICE_RATE", "5/5m/key"),
}
# Counts hold for all server processes: they lie in the database.
CACHES = {"default": {"BACKEND": "kaejon.apps.access.counters.DatabaseCounters"}}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "kaejon"
MFA_ADAPTER = "kaejon.web.accounts.second_step.SealedSecrets"
MFA_REQUIRED_ROLES = env.words("MFA_REQUIRED_ROLES")

SESSION_ENGINE = "kaejon.apps.access.sessions"
SESSION_COOKIE_AGE = env.integer("SESSION_HOURS", 12, low=1, high=24) * 3600
SESSION_IDLE_SECONDS = env.integer("IDLE_MINUTES", 60, low=5, high=600) * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# So many folders opened by one person in a day are shown on the page of the history.
UNUSUAL_LOOKS = env.integer("UNUSUAL_LOOKS", 400, low=10, high=100_000)

# Transport and content
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = TLS
SECURE_SSL_REDIRECT = TLS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = TLS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
# The one address from which forwarded headers are believed; the server strips them from everybody else.
TRUSTED_PROXY = env.text("TRUSTED_PROXY", "")
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
# How long a request may take to arrive, and an answer to leave, beside a second for every 16 kB.
REQUEST_SECONDS = env.integer("REQUEST_SECONDS", 30, low=2, high=600)
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# Language and time
LANGUAGE_CODE = "th"
LANGUAGES = [("th", _("Thai")), ("en", _("English"))]
LOCALE_PATHS = sorted(p for p in (PACKAGE_DIR / "locale").iterdir() if p.is_dir())
TIME_ZONE = env.text("TIME_ZONE", "Asia/Bangkok")
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = False

# Files
STATIC_URL = "static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(DATA_DIR / "static")))
STATICFILES_DIRS: list[Path] = []
WHITENOISE_USE_FINDERS = True
MEDIA_ROOT = DATA_DIR / "files"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = env.text("EMAIL_HOST", "")
EMAIL_PORT = env.integer("EMAIL_PORT", 25, low=1, high=65535)
if not EMAIL_HOST:
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
EMAIL_HOST_USER = env.text("EMAIL_USER", "")
EMAIL_HOST_PASSWORD = env.text("EMAIL_PASSWORD", "")
EMAIL_TLS = env.choice("EMAIL_TLS", "none", ("none", "starttls", "tls"))
EMAIL_USE_TLS, EMAIL_USE_SSL = EMAIL_TLS == "starttls", EMAIL_TLS == "tls"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", "kaejon@localhost")

# Lists coming in: the gates of an import
IMPORT_MAX_MEGABYTES = env.integer("IMPORT_MAX_MEGABYTES", 200, low=1, high=4096)
IMPORT_MAX_ROWS = env.integer("IMPORT_MAX_ROWS", 500_000, low=1, high=5_000_000)
IMPORT_MAX_SECONDS = env.integer("IMPORT_MAX_SECONDS", 300, low=5, high=3600)
IMPORT_MAX_MEMORY_MEGABYTES = env.integer(
    "IMPORT_MAX_MEMORY_MEGABYTES", 3000, low=1000, high=64_000
)
IMPORT_MAX_REJECTED_SHARE = env.share("IMPORT_MAX_REJECTED_SHARE", "0.2")
IMPORT_MAX_DUPLICATE_SHARE = env.share("IMPORT_MAX_DUPLICATE_SHARE", "0.2")

# Programs that read: requests a person and minute
API_PER_MINUTE = env.integer("API_PER_MINUTE", 600, low=1, high=100_000)

# Background work
JOBS_PER_PERSON = env.integer("JOBS_PER_PERSON", 10, low=1, high=1000)
JOB_LEASE_SECONDS = env.integer("JOB_LEASE_SECONDS", 60, low=1, high=3600)
LINK_MERGE_SURE = env.flag("LINK_MERGE_SURE", default=False)
MEASURE_ENGINE = env.choice("MEASURE_ENGINE", "duckdb", ("duckdb", "spark"))

# Logs: one JSON line per event, never a name, a number or a search text
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "kaejon.config.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {
        "handlers": ["stderr"],
        "level": env.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")),
    },
    "loggers": {
        "django.server": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "waitress": {"level": "WARNING"},
        # One line for each request that waits says less than the request's own milliseconds.
        "waitress.queue": {"level": "ERROR"},
    },
}
