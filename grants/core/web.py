"""Seals the web boundary: every view declares its access and runs in one unit of work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps
from http import HTTPStatus
from typing import IO, Any, Protocol, cast

from flask import Flask, Request, Response, abort, current_app, g, request
from flask.json.provider import DefaultJSONProvider
from flask.typing import ResponseReturnValue, RouteCallable
from flask_login import current_user
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from grants.core import clock, storage
from grants.core.errors import Forbidden, NotFound, StaleVersion
from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import VISITOR, Actor, authorise
from grants.core.unit_of_work import abandon, unit_of_work


class CarefulJSON(DefaultJSONProvider):
    """Chinese as itself; what is nested beyond all measure is bad input, not a fault of ours."""

    ensure_ascii = False

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        try:
            return super().loads(s, **kwargs)
        except RecursionError:
            raise ValueError("nested too deeply") from None


class Asked(Request):
    """A request that lets go of every file it spooled, also of one whose form could not be read to its end."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._spools: list[IO[bytes]] = []

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        spool = super()._get_file_stream(total_content_length, content_type, filename, content_length)
        self._spools.append(spool)
        return spool

    def let_go(self) -> None:
        for spool in self._spools:
            spool.close()


SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class UndeclaredAccess(RuntimeError):
    """The app will not start: some view never said who may use it."""


View = Callable[..., ResponseReturnValue]


class Declared(Protocol):
    """A view that has said who may use it, and how the subject of its address is loaded."""

    __access__: str
    __load__: Callable[..., Any] | None

    def __call__(self, **url_args: Any) -> ResponseReturnValue: ...


def current_actor() -> Actor:
    """Who acts in this request; a visitor when nobody has signed in."""
    found = current_user._get_current_object()  # noqa: SLF001 - the library's own way to the object
    return found if isinstance(found, Actor) else VISITOR


def arrived_at() -> datetime:
    """Business time at which the request reached the first of our own programs (see core.arrival)."""
    stamp: datetime = request.environ["grants.arrived_at"]
    return stamp + clock.offset()


def _declare(view: View, access: str, load: Callable[..., Any] | None = None) -> Declared:
    declared = cast("Declared", view)
    declared.__access__, declared.__load__ = access, load
    return declared


def public(view: View) -> Declared:
    """Anyone at all, signed in or not."""
    return _declare(view, "public")


def signed_in(view: View) -> Declared:
    """Anyone who has signed in; the view shows only what is theirs."""

    @wraps(view)
    def guarded(**url_args: Any) -> ResponseReturnValue:
        _require_sign_in()
        return view(**url_args)

    guarded.__ask__ = lambda **_url_args: _require_sign_in()  # type: ignore[attr-defined]
    return _declare(guarded, "signed in")


def opens(
    permission: str, load: Callable[..., Any] | None = None, *, to: str = ""
) -> Callable[[View], Declared]:
    """Load the subject named by the address, check the permission, hand it to the view.

    A subject the actor may not see answers 404, so its existence stays private. Without `load` the
    permission is about a page, not a thing. Write views name the *view* permission here; what they
    do is authorised in the action, which can say why not. Where a form is checked before the action
    is asked, `to` names the action's permission, too: who lacks it hears 403, not what their form lacks.
    """

    def decorate(view: View) -> Declared:
        def ask(**url_args: Any) -> Any:
            _require_sign_in()
            subject = load(**url_args) if load else None
            try:
                authorise(current_actor(), permission, subject)
            except Forbidden:
                raise NotFound from None
            if to and request.method not in SAFE_METHODS:
                authorise(current_actor(), to, subject)
            return subject

        @wraps(view)
        def guarded(**url_args: Any) -> ResponseReturnValue:
            subject = ask(**url_args)
            return view(subject) if load else view(**url_args)

        guarded.__ask__ = ask  # type: ignore[attr-defined]
        return _declare(guarded, permission, load)

    return decorate


def prepares(prepare: Callable[..., Any]) -> Callable[[Declared], Declared]:
    """Run `prepare(**url_args)` before the transaction opens; the view finds its result in `prepared()`.

    For what is slow: hashing a password, checking an upload. Outermost decorator of a view. Whom the
    door turns away has nothing prepared.
    """

    def decorate(view: Declared) -> Declared:
        view.__prepare__ = prepare  # type: ignore[attr-defined]
        return view

    return decorate


def prepared() -> Any:
    """What the view's prepare step returned; None on a GET."""
    return g.get("prepared")


def _require_sign_in() -> None:
    if not current_actor().is_authenticated:
        abort(HTTPStatus.UNAUTHORIZED)


def seal(app: Flask) -> None:
    """Refuse undeclared views and wrap the rest in a unit of work."""
    app.teardown_request(lambda _error: cast("Asked", request).let_go())
    undeclared = [
        name
        for name, view in app.view_functions.items()
        if name != "static" and not hasattr(view, "__access__")
    ]
    if undeclared:
        raise UndeclaredAccess(
            f"views without @public, @signed_in or @opens: {sorted(undeclared)}. Say who may use them."
        )
    for name, view in app.view_functions.items():
        if name != "static":
            app.view_functions[name] = _in_one_unit_of_work(view)


def _in_one_unit_of_work(view: RouteCallable) -> View:
    access = getattr(view, "__access__", None)

    @wraps(view)
    def run(**url_args: Any) -> Response:
        _refuse_nul()
        reading = request.method in SAFE_METHODS
        with storage.unless_refused() as refuse:
            if not reading:
                _read_whole_body()
                g.prepared = _prepared(view, url_args)
            try:
                with unit_of_work(read_only=reading):
                    response = current_app.make_response(current_app.ensure_sync(view)(**url_args))
                    if response.status_code >= HTTPStatus.BAD_REQUEST:
                        abandon()
                        refuse()
            except (StaleDataError, IntegrityError) as error:
                if isinstance(error, IntegrityError) and not is_taken(error):
                    raise
                raise StaleVersion(
                    _l("Somebody else saved this in the meantime. Look at it again before you change it.")
                ) from None
        return response

    run.__access__ = access  # type: ignore[attr-defined]
    return run


def _prepared(view: Any, url_args: Mapping[str, Any]) -> Any:
    """What the view's prepare step makes; asked first, in a look of its own, is whether the door is open."""
    prepare, ask = getattr(view, "__prepare__", None), getattr(view, "__ask__", None)
    if prepare and ask:
        with unit_of_work(read_only=True):
            ask(**url_args)
    return prepare(**url_args) if prepare else None


def _refuse_nul() -> None:
    """No address of ours holds NUL, and PostgreSQL would stumble over it."""
    if "\x00" in request.path or any("\x00" in value for _name, value in request.args.items(multi=True)):
        raise NotFound


def is_taken(error: IntegrityError) -> bool:
    """Whether somebody else was faster with what may be there once only; every other broken rule is our bug."""
    state = getattr(error.orig, "sqlstate", None)
    return state == "23505" or "UNIQUE constraint failed" in str(error.orig)


def _read_whole_body() -> None:
    """Parse the form, spooling uploads to disk, before any lock is taken: uploads may be slow."""
    if request.mimetype == "application/json":
        request.get_data(cache=True)
    else:
        _ = request.form
