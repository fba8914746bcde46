"""Turns what went wrong into a page a person can use, or a problem document a program can read."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from msgspec import Struct
from werkzeug.exceptions import HTTPException

from grants.core.busy import RETRY_AFTER_SECONDS, is_away, is_busy
from grants.core.errors import (
    DomainError,
    Forbidden,
    IllegalTransition,
    NotFound,
    RulesBroken,
    StaleVersion,
    TooMany,
)
from grants.core.i18n import gettext as _
from grants.core.web import SAFE_METHODS

log = logging.getLogger(__name__)

STATUS: dict[type[DomainError], HTTPStatus] = {
    NotFound: HTTPStatus.NOT_FOUND,
    Forbidden: HTTPStatus.FORBIDDEN,
    IllegalTransition: HTTPStatus.CONFLICT,
    StaleVersion: HTTPStatus.CONFLICT,
    TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    RulesBroken: HTTPStatus.UNPROCESSABLE_ENTITY,
}
PAGES = frozenset({400, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503})
# Sent by the page and not by a person: tokens, versions, and the keys of what was chosen.
_UNSEEN = re.compile(r"csrf_token|.*version|.*password.*|.*token.*|kept|next", re.DOTALL)
_KEY = re.compile(r"[a-z0-9_.-]*[a-z_][a-z0-9_.-]*")


def install(app: Flask) -> None:
    app.register_error_handler(DomainError, _domain_error)
    app.register_error_handler(CSRFError, _form_expired)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _our_fault)


def wants_json() -> bool:
    """Programs and our own scripts say so; a browser's page load never does."""
    accept = request.headers.get("Accept", "")
    return request.path.startswith("/api/") or ("json" in accept and "html" not in accept)


def problem(status: HTTPStatus, detail: str, **extra: Any) -> Response:
    """An answer after RFC 9457."""
    body = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail, **extra}
    response = jsonify(body)
    response.status_code = status
    response.mimetype = "application/problem+json"
    return response


def written() -> list[str]:
    """The words a person sent with a form, to be shown again where the form itself cannot be."""
    if request.method in SAFE_METHODS:
        return []
    try:
        return words_in(request.form.items(multi=True))
    except HTTPException:  # too large to be read, or cut short
        return []


class Sent(Struct, frozen=True):
    """A form as it was sent. It is whole unless it held what a page must not repeat: a password, a file."""

    address: str
    fields: tuple[tuple[str, str], ...]
    is_whole: bool


def _sent() -> Sent | None:
    """What a form sent, to be sent again; None for a page that was only read."""
    if request.method in SAFE_METHODS:
        return None
    fields = tuple(request.form.items(multi=True))
    is_whole = not request.files and not any("password" in name for name, _value in fields)
    return Sent(request.full_path.rstrip("?"), fields, is_whole)


def words_in(sent: Iterable[tuple[str, str]]) -> list[str]:
    """Without what the page itself put in, and without passwords."""
    words = (value.strip() for name, value in sent if not _UNSEEN.fullmatch(name))
    return list(dict.fromkeys(word for word in words if word and not _KEY.fullmatch(word)))


def _page(status: HTTPStatus, detail: str, **extra: Any) -> ResponseReturnValue:
    name = status.value if status.value in PAGES else HTTPStatus.BAD_REQUEST.value
    known = {"detail": detail, "written": written(), **extra}
    return render_template(f"errors/{name}.html", **known), status


def _domain_error(error: DomainError) -> ResponseReturnValue:
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    broken = error.violations if isinstance(error, RulesBroken) else ()
    if wants_json():
        listed = [{"code": v.code, "field": v.field, "message": str(v.message)} for v in broken]
        return problem(status, str(error), **({"errors": listed} if broken else {}))
    answer = Response(*_rendered(status, str(error), violations=broken))
    if isinstance(error, TooMany):
        answer.headers["Retry-After"] = str(error.retry_after)
    return answer


def _rendered(status: HTTPStatus, detail: str, **extra: Any) -> tuple[str, int]:
    page = _page(status, detail, **extra)
    return page[0], status.value  # type: ignore[index,return-value]


def _form_expired(error: CSRFError) -> ResponseReturnValue:
    detail = _(
        "This page was open too long, or its address came from elsewhere. Go back, reload and send it again."
    )
    return problem(HTTPStatus.BAD_REQUEST, detail) if wants_json() else _page(HTTPStatus.BAD_REQUEST, detail)


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return error.get_response()  # type: ignore[return-value]
    status = HTTPStatus(error.code)
    if status is HTTPStatus.UNAUTHORIZED and not wants_json():
        return redirect(url_for("accounts.sign_in", next=_this_page()))
    if wants_json():
        answer = problem(status, _detail(status) or _not_as_sent(), **_listed(error))
    else:
        answer = Response(*_rendered(status, _detail(status)))
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            answer.headers[name] = value
    return answer


def _detail(status: HTTPStatus) -> str:
    return _("There is nothing here.") if status is HTTPStatus.NOT_FOUND else ""


def _not_as_sent() -> str:
    return _("This could not be taken as it was sent. Nothing was changed.")


def _listed(error: HTTPException) -> dict[str, Any]:
    """What webargs found wrong with the arguments of a program: `{"errors": {place: {field: [sentence]}}}`."""
    found = getattr(error, "data", None) or {}
    return {"errors": found["messages"]} if "messages" in found else {}


def _this_page() -> str:
    return request.full_path.rstrip("?") if request.method == "GET" else ""


def _our_fault(error: Exception) -> ResponseReturnValue:
    g.broken = True
    if is_away(error):
        return _away(error)
    log.exception("unexpected error on %s %s", request.method, request.path)
    if wants_json():
        return problem(HTTPStatus.INTERNAL_SERVER_ERROR, _("Something broke on our side. It has been noted."))
    return _page(HTTPStatus.INTERNAL_SERVER_ERROR, "")


def _away(error: Exception) -> Response:
    """The database is away or too busy for now: nothing was kept, and the same may be sent again."""
    cause = getattr(error, "orig", error)
    log.warning("the database was away on %s %s: %s", request.method, request.path, cause)
    detail = ""
    if is_busy(error):
        detail = _(
            "Many people are saving at this moment. Nothing of this was kept by halves: send it once more."
        )
    if wants_json():
        answer = problem(HTTPStatus.SERVICE_UNAVAILABLE, detail or _("Back in a moment"))
    else:
        answer = Response(*_rendered(HTTPStatus.SERVICE_UNAVAILABLE, detail, sent=_sent()))
    answer.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return answer
