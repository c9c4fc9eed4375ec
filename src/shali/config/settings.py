"""Settings, all of them read from the environment; `shali run` fills in what a single machine needs."""

import os
from pathlib import Path

from django.utils.translation import gettext_lazy as _

PACKAGE = Path(__file__).resolve().parents[1]
# Everything that this installation keeps (database, keys, files as they came) lies below one folder.
VAR = Path(os.environ.get("SHALI_VAR", "var")).resolve()
KEY_FOLDER = Path(os.environ.get("SHALI_KEYS", VAR / "keys"))
FILE_FOLDER = Path(os.environ.get("SHALI_FILES", VAR / "files"))

DEBUG = os.environ.get("SHALI_DEBUG") == "1"
TESTING = os.environ.get("SHALI_TESTING") == "1"


def _secret_key() -> str:
    """Read the signing key from the environment or the key folder; it is never a default."""
    if given := os.environ.get("SHALI_SECRET_KEY"):
        return given
    path = KEY_FOLDER / "django.key"
    if path.exists():
        return path.read_text().strip()
    from secrets import token_urlsafe

    KEY_FOLDER.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = token_urlsafe(48)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(handle, "w") as file:
        file.write(key)
    return key


SECRET_KEY = _secret_key()
ALLOWED_HOSTS = os.environ.get("SHALI_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
SECURE_TRANSPORT = os.environ.get("SHALI_HTTPS") == "1"

INSTALLED_APPS = [
    # First: its templates and words go before those of the packages below.
    "shali.foundation.ui",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "procrastinate.contrib.django",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "shali.foundation.vault",
    "shali.foundation.policy",
    "shali.foundation.jurisdictions",
    "shali.foundation.accounts",
    "shali.foundation.journal",
    "shali.foundation.places",
    "shali.foundation.people",
    "shali.foundation.intake",
    "shali.foundation.tasks",
    "shali.foundation.measures",
    "shali.verification",
    "shali.tracing",
    "shali.testing",
    "shali.staffing",
    "shali.protocols",
    "shali.board",
    "shali.exchange",
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
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "shali.foundation.accounts.middleware.NothingKept",
    "shali.foundation.accounts.middleware.LanguageOfUser",
    "shali.foundation.ui.middleware.RefusalPages",
    # Before the view: who acts, what he may see, told to the database as well.
    "shali.foundation.accounts.middleware.ScopeMiddleware",
    # Within the transaction of the scope: a program's write and the key that names it are one.
    "shali.foundation.accounts.api.once.OneAnswerPerKey",
    "shali.foundation.accounts.api.unchanged.UnchangedAnswers",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "shali.config.urls"
WSGI_APPLICATION = "shali.config.wsgi.application"
# A figure of the past that took longer than these seconds to count is kept for its minute.
REMEMBER_SLOWER_THAN = float("inf") if TESTING else 0.05
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [
                ("shali.foundation.ui.rendering.QuickLoader", ["django.template.loaders.app_directories.Loader"])
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "shali.foundation.ui.context.page",
                "shali.foundation.clocks.context.hour",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]

# Three roles: the owner migrates, the web role answers requests, the worker runs jobs. None but the owner
# may change a table's shape, and row-level security binds the web role and the worker.
DATABASE_ROLE = os.environ.get("SHALI_DB_ROLE", "web")
DATABASE_POOL = os.environ.get("SHALI_DB_POOL", "1") == "1" and not TESTING


def _database() -> dict[str, object]:
    from shali.config.database import connection_settings

    return connection_settings(role=DATABASE_ROLE, pool=DATABASE_POOL)


DATABASES = {"default": _database()}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 15},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "shali.foundation.accounts.adapter.ClosedSignUp"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_FORMS = {"login": "shali.foundation.accounts.web.forms.SignInForm"}
MFA_ADAPTER = "shali.foundation.accounts.adapter.SealedFactors"
MFA_FORMS = {"add_webauthn": "shali.foundation.accounts.web.forms.AddPasskeyForm"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE_TRANSPORT
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]

SESSION_ENGINE = "shali.foundation.accounts.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600  # one shift
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_TRANSPORT
SESSION_COOKIE_NAME = "__Host-session" if SECURE_TRANSPORT else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE_TRANSPORT else "csrf"
CSRF_COOKIE_HTTPONLY = False  # htmx and the worker's page send it in a header
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = SECURE_TRANSPORT
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_TRANSPORT else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_TRANSPORT
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE_TRANSPORT else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'", "'wasm-unsafe-eval'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "worker-src": ["'self'", "blob:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LANGUAGE_COOKIE_NAME = "language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = os.environ.get("SHALI_TIME_ZONE", "Asia/Shanghai")

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": FILE_FOLDER},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING or DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# The outbreak whose keys seal what is written now; closing it destroys them.
OUTBREAK = os.environ.get("SHALI_OUTBREAK", "luohe-2022")
# An exercise is marked as one on every page and sheet, and runs on its own clock.
EXERCISE = os.environ.get("SHALI_EXERCISE") == "1" or (VAR / "clock-shift").exists()
# "required": whoever may reveal personal values, give posts or read the audit adds a second factor first.
# Passkeys need HTTPS, and an exercise has nothing to guard.
SECOND_FACTOR = os.environ.get("SHALI_SECOND_FACTOR", "required" if SECURE_TRANSPORT and not EXERCISE else "offered")
# The city's own code, the root of its tree of units.
CITY = os.environ.get("SHALI_CITY", "4111")

# Receivers of other systems, "https://host" or "http://host:port", comma-separated; nobody else is called.
WEBHOOK_RECEIVERS = [one for one in os.environ.get("SHALI_WEBHOOK_RECEIVERS", "").split(",") if one]

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"  # each room's jobs.py
PROCRASTINATE_IMPORT_PATHS = ["shali.config.jobs"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("SHALI_LOG_LEVEL", "INFO")},
    "loggers": {"procrastinate": {"level": "WARNING"}, "axes": {"level": "WARNING"}},
}
