"""Typed readers of the environment; the only place that reads it.

Beside the process's own environment stands the file ``<state>/env``, which ``make demo`` writes: it
lets ``python manage.py …`` in another shell find the running servers.
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parent.parent


def state_dir() -> Path:
    """The folder that holds data, logs and secrets of this copy."""
    return Path(os.environ.get("SEEDBED_STATE") or ROOT / ".seedbed").resolve()


def load_state_file() -> None:
    """Takes over what ``<state>/env`` says, where the environment itself says nothing."""
    file = state_dir() / "env"
    if "DATABASE_URL" in os.environ or not file.is_file():
        return
    for line in file.read_text().splitlines():
        name, found, value = line.partition("=")
        if found and name:
            os.environ.setdefault(name, value)


def files_only() -> bool:
    """True while a command runs that touches only files."""
    return os.environ.get("SEEDBED_FILES_ONLY") == "1"


def text(name: str, default: str | None = None, *, hint: str = "") -> str:
    value = os.environ.get(name, "")
    if value:
        return value
    if default is not None:
        return default
    if files_only():
        return ""
    remedy = hint or "Start the embedded servers with `make demo`, or set it (docs/production.md)."
    raise ImproperlyConfigured(f"The environment variable {name} is missing. {remedy}")


def flag(name: str, default: bool = False) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if value in {"", "0", "1", "true", "false", "yes", "no"}:
        return default if not value else value in {"1", "true", "yes"}
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}.")


def whole(name: str, default: int) -> int:
    value = os.environ.get(name, "")
    try:
        return int(value) if value else default
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from None


def words(name: str, default: str = "") -> list[str]:
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def mail(name: str) -> dict[str, object]:
    """Django's settings of one mail server: ``smtp://user:password@host:587`` (STARTTLS), ``smtps://…:465``."""
    url = text(name, default="")
    if not url:
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "EMAIL_FILE_PATH": state_dir() / "mail",
        }
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ImproperlyConfigured(f"{name} must read smtp://user:password@host:port or smtps://…")
    secure = parts.scheme == "smtps"
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if secure else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": secure,
        "EMAIL_USE_TLS": not secure,
        "EMAIL_TIMEOUT": 20,
    }


def database(name: str, fallback: str | None = None) -> dict[str, object]:
    """Django's settings of one Postgres address: ``postgresql://user:password@host:port/name?host=/socket``."""
    url = text(name, default=os.environ.get(fallback, "") or None if fallback else None)
    parts = urlsplit(url)
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(f"{name} must begin with postgresql://")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": query.pop("port", str(parts.port or "")),
        "OPTIONS": dict(query),
    }
