"""Choosing the language: a cookie for this browser, and the account of whoever has signed in."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus

from flask import Blueprint, current_app, make_response, redirect, request
from flask.typing import ResponseReturnValue

from grants.accounts.actions.language import remember_language
from grants.accounts.rules import local_address
from grants.core.errors import NotFound
from grants.core.i18n import LANGUAGE_COOKIE, LOCALES
from grants.core.web import current_actor, public

blueprint = Blueprint("language", __name__)


@blueprint.get("/lang/<code>")
@public
def choose(code: str) -> ResponseReturnValue:
    if code not in LOCALES:
        raise NotFound
    remember_language(code, by=current_actor())
    answer = make_response(
        redirect(local_address(request.args.get("next", ""), otherwise="/"), HTTPStatus.SEE_OTHER)
    )
    year = int(timedelta(days=365).total_seconds())
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    answer.set_cookie(LANGUAGE_COOKIE, code, max_age=year, httponly=True, samesite="Lax", secure=secure)
    return answer
