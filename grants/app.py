"""The application factory: reads top to bottom as the list of the app's parts."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from flask import Flask
from flask_login import LoginManager
from flask_wtf import CSRFProtect

from grants import wiring
from grants.accounts.views import door
from grants.config import ROOT, Settings
from grants.core import (
    assets,
    clock,
    encryption,
    error_pages,
    events,
    headers,
    i18n,
    jinja,
    jobs,
    mail,
    policy,
    registries,
    routing,
    scanning,
    storage,
    web,
)
from grants.core.arrival import ArrivalStamp
from grants.core.catalogues import compile_catalogues
from grants.core.db import db, engine_options
from grants.core.panels import panels
from grants.core.proxies import NamedProxies
from grants.core.reception import Reception
from grants.demo import views as demonstration
from grants.demo.clock import ahead
from grants.papers import checking
from grants.publishing import api
from grants.workspace.views.navigation import around

TRANSLATIONS = Path(__file__).parent / "translations"


class House(Flask):
    """The application of Flask with our own environment of templates, requests and addresses."""

    jinja_environment = jinja.House
    request_class = web.Asked
    url_rule_class = routing.Route
    url_map_class = routing.Addresses


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application."""
    settings = settings or Settings.from_environment()
    app = House("grants", root_path=str(ROOT), template_folder="templates", static_folder="static")
    _configure(app, settings)
    db.init_app(app)
    encryption.install(app, settings.encryption_keys)
    clock.install(zone_name=settings.timezone, offset=ahead if settings.demo else timedelta)
    compile_catalogues(TRANSLATIONS)
    i18n.install(app, translations=str(TRANSLATIONS / "compiled"))
    storage.install(app, url=settings.storage_url, largest=settings.upload_limit)
    scanning.install(app, url=settings.scanner_url)
    mail.install(app, url=settings.mail_url, base_url=settings.base_url)
    jobs.install(app, wiring.JOBS, wiring.PERIODIC)
    CSRFProtect(app)
    LoginManager(app, add_context_processor=False)
    door.install(app, testing=settings.testing)
    _wire(app)
    if settings.demo:
        demonstration.install(app)
    assets.install(app)
    api.install(app)
    jinja.install(app, bytecode=settings.instance / "templates")
    headers.install(app)
    error_pages.install(app)
    app.add_template_global(panels)
    web.seal(app)
    _behind(app, settings)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    app.extensions["grants.settings"] = settings
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=dict(engine_options(settings.database_url)),
        MAX_CONTENT_LENGTH=settings.upload_limit + 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.base_url.startswith("https:"),
        SESSION_COOKIE_NAME="greenshoots",
        PERMANENT_SESSION_LIFETIME=timedelta(days=30),
        WTF_CSRF_TIME_LIMIT=None,
        TESTING=settings.testing,
    )
    app.json = web.CarefulJSON(app)


def _wire(app: Flask) -> None:
    """Enter everything of `grants/wiring.py` where it is asked for."""
    policy.install(app, *wiring.PERMISSIONS, roles=wiring.ROLES)
    events.install(app, wiring.REACTIONS)
    checking.install(app, wiring.CHECKS)
    registries.install(
        app,
        case_names=wiring.CASE_NAMES,
        files=wiring.FILES,
        holding=wiring.HOLDING,
        obligations=wiring.OBLIGATIONS,
        panels=wiring.PANELS,
        tells=wiring.TELLS,
        threads=wiring.THREADS,
    )
    for blueprint in wiring.BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.extensions["grants.around"] = around
    app.extensions["grants.vocabulary"] = wiring.VOCABULARY


def _behind(app: Flask, settings: Settings) -> None:
    """Stamp arrival outermost, then take the body in; believe forwarded headers only from the proxies named."""
    app.wsgi_app = NamedProxies(app.wsgi_app, trusted=settings.trusted_proxies)  # type: ignore[method-assign]
    app.wsgi_app = Reception(app.wsgi_app, largest=app.config["MAX_CONTENT_LENGTH"])  # type: ignore[method-assign]
    app.wsgi_app = ArrivalStamp(app.wsgi_app, trusted=settings.trusted_proxies)  # type: ignore[method-assign]
