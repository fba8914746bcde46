"""Settings: frozen, typed, read from the environment; names every missing or wrong variable at once."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cryptography.fernet import Fernet
from msgspec import Struct

ROOT = Path(__file__).parent.parent
MEGABYTE = 1024 * 1024
BASE_URL, TIMEZONE = "http://127.0.0.1:8000", "Asia/Shanghai"


class BadSettings(RuntimeError):
    """The environment cannot be used; the message names every fault."""


class Setting(Struct, frozen=True):
    """One environment variable, for `grants check` and the documentation."""

    name: str
    meaning: str


SETTINGS = (
    Setting("GRANTS_INSTANCE", "folder of the embedded database, files and keys (default instance/)"),
    Setting("GRANTS_DATABASE_URL", "main database (default: SQLite in the instance folder)"),
    Setting("GRANTS_STORAGE_URL", "where files are kept: file:DIR (default) or s3://bucket/prefix"),
    Setting("GRANTS_MAIL_URL", "how mail leaves: smtp://user:password@host:port or file:DIR"),
    Setting(
        "GRANTS_SCANNER_URL", "virus scanner for uploads: clamd://host:port or clamd:/socket (default none)"
    ),
    Setting("GRANTS_SECRET_KEY", "signs cookies; made and kept on first start of the embedded default"),
    Setting("GRANTS_ENCRYPTION_KEYS", "Fernet keys, comma-separated, first one writes; made likewise"),
    Setting(
        "GRANTS_TRUSTED_PROXIES", "addresses whose X-Forwarded-* and X-Request-Start count, comma-separated"
    ),
    Setting("GRANTS_BASE_URL", "address people use, for links in mails and on papers"),
    Setting("GRANTS_TIMEZONE", "where the foundation's days begin and end (default Asia/Shanghai)"),
    Setting("GRANTS_DEMO", "1: demo sign-ins and demo clock"),
)


class Settings(Struct, frozen=True):
    """Everything the environment decides."""

    instance: Path
    database_url: str
    storage_url: str
    mail_url: str
    secret_key: str
    encryption_keys: tuple[str, ...]
    base_url: str = BASE_URL
    trusted_proxies: frozenset[str] = frozenset()
    timezone: str = TIMEZONE
    demo: bool = False
    testing: bool = False
    upload_limit: int = 30 * MEGABYTE
    scanner_url: str = ""

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """Raises BadSettings naming every fault."""
        instance = Path(environ.get("GRANTS_INSTANCE", ROOT / "instance")).resolve()
        database_url = environ.get("GRANTS_DATABASE_URL", "")
        embedded = not database_url
        faults: list[str] = []
        settings = cls(
            instance=instance,
            database_url=_driver(database_url) or f"sqlite:///{instance / 'greenshoots.db'}",
            storage_url=environ.get("GRANTS_STORAGE_URL", f"file:{instance / 'files'}"),
            mail_url=environ.get("GRANTS_MAIL_URL", f"file:{instance / 'mail'}"),
            secret_key=_secret(environ, instance, embedded, faults),
            encryption_keys=_keys(environ, instance, embedded, faults),
            base_url=environ.get("GRANTS_BASE_URL", BASE_URL).rstrip("/"),
            trusted_proxies=frozenset(filter(None, environ.get("GRANTS_TRUSTED_PROXIES", "").split(","))),
            timezone=environ.get("GRANTS_TIMEZONE", TIMEZONE),
            demo=environ.get("GRANTS_DEMO") == "1",
            scanner_url=environ.get("GRANTS_SCANNER_URL", ""),
        )
        faults.extend(_faults(settings))
        if faults:
            raise BadSettings("; ".join(faults))
        return settings


def _driver(url: str) -> str:
    """PostgreSQL addresses as people write them, with the driver we ship."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def _faults(settings: Settings) -> list[str]:
    found = []
    try:
        ZoneInfo(settings.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        found.append(f"GRANTS_TIMEZONE: there is no zone named {settings.timezone}")
    if not settings.mail_url.startswith(("smtp:", "file:")):
        found.append("GRANTS_MAIL_URL: begin with smtp: or file:")
    if not settings.storage_url.startswith(("file:", "s3:")):
        found.append("GRANTS_STORAGE_URL: begin with file: or s3:")
    for key in settings.encryption_keys:
        try:
            Fernet(key)
        except ValueError:
            found.append("GRANTS_ENCRYPTION_KEYS: every key is 32 bytes in URL-safe base64")
    return found


def _secret(environ: Mapping[str, str], instance: Path, embedded: bool, faults: list[str]) -> str:
    given = environ.get("GRANTS_SECRET_KEY", "")
    if given or not embedded:
        if not given:
            faults.append("GRANTS_SECRET_KEY: required with a database of your own")
        return given
    return _kept(instance / "secret.key", lambda: secrets.token_urlsafe(48))


def _keys(environ: Mapping[str, str], instance: Path, embedded: bool, faults: list[str]) -> tuple[str, ...]:
    given = tuple(filter(None, environ.get("GRANTS_ENCRYPTION_KEYS", "").split(",")))
    if given or not embedded:
        if not given:
            faults.append("GRANTS_ENCRYPTION_KEYS: required with a database of your own")
        return given
    return (_kept(instance / "encryption.key", lambda: Fernet.generate_key().decode()),)


def _kept(path: Path, make: Callable[[], str]) -> str:
    """The text in `path`, made on first start; of two processes starting at once, one wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        with NamedTemporaryFile("w", dir=path.parent, prefix=path.name) as new:
            new.write(make())
            new.flush()
            with suppress(FileExistsError):
                os.link(new.name, path)
    return path.read_text().strip()
