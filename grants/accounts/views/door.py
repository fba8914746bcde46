"""The door: signing in and out, opening an account, a forgotten password, and who is in this request."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import (
    Blueprint,
    Flask,
    Request,
    Response,
    current_app,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from itsdangerous import BadData, URLSafeTimedSerializer

from grants.accounts import forms, queries
from grants.accounts.actions import accounts, sessions
from grants.accounts.fields import SESSION_LIVES, TokenPurpose
from grants.accounts.rules import local_address
from grants.core import clock, i18n, passwords
from grants.core.error_pages import problem, wants_json, words_in, written
from grants.core.i18n import gettext as _
from grants.core.policy import Actor, permits
from grants.core.web import current_actor, prepared, prepares, public

COOKIE = "sid"
HOME = "/home"
KEPT_SECONDS = 24 * 3600

blueprint = Blueprint("accounts", __name__)


def install(app: Flask, *, testing: bool) -> None:
    """Recognise people by their cookie, and keep what they wrote when their session ran out."""
    passwords.install(app, testing=testing)
    app.login_manager.request_loader(recognised)  # type: ignore[attr-defined]
    app.register_error_handler(HTTPStatus.UNAUTHORIZED, ask_to_sign_in)
    app.context_processor(account_menu)


def account_menu() -> dict[str, Any]:
    """What hangs below one's name in the top bar. A page about our own fault asks nothing."""
    if g.get("broken") or not current_actor().is_authenticated:
        return {"account_links": []}
    links = [
        {"href": "/account", "icon": "user", "label": _("Your account")},
        {"href": "/account/sessions", "icon": "system", "label": _("Where you are signed in")},
    ]
    if permits(current_actor(), "people.view"):
        links.append({"href": "/people", "icon": "group", "label": _("People")})
    if permits(current_actor(), "settings.view"):
        links.append({"href": "/settings", "icon": "settings", "label": _("Settings")})
    return {"account_links": links}


def recognised(asked: Request) -> Actor | None:
    """Who this is. Their account's language is theirs unless they chose another in this browser."""
    token = asked.cookies.get(COOKIE, "")
    found = queries.recognise(token) if token else None
    if found is None:
        return None
    if found.actor.session_id is not None:
        sessions.note_seen(found.actor.session_id, found.last_seen_at)
    if not i18n.chosen_by_reader() and i18n.language() != found.actor.language:
        i18n.speak(found.actor.language)
    return found.actor


def ask_to_sign_in(error: Exception) -> ResponseReturnValue:
    """A page asked for leads back to itself; words sent are kept on the page that asks who it is."""
    if wants_json():
        return problem(HTTPStatus.UNAUTHORIZED, _("Please sign in again; nothing was changed."))
    if request.method in {"GET", "HEAD"}:
        here = request.full_path.rstrip("?")
        return redirect(url_for("accounts.sign_in", next=here), HTTPStatus.SEE_OTHER)
    form = forms.SignIn(formdata=None, kept=_keep())
    page = render_template("accounts/sign_in.html", form=form, written=written(), lost=bool(request.files))
    return page, HTTPStatus.UNAUTHORIZED


def _kept_fields() -> list[tuple[str, str]]:
    return [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name != "csrf_token" and "password" not in name
    ]


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="kept words")


def _keep() -> str:
    return str(_serializer().dumps({"path": request.full_path.rstrip("?"), "fields": _kept_fields()}))


def _kept(text: str) -> dict[str, Any] | None:
    try:
        kept: dict[str, Any] = _serializer().loads(text, max_age=KEPT_SECONDS)
    except BadData:
        return None
    return kept


def _from() -> dict[str, str]:
    return {"address": request.remote_addr or "", "agent": request.headers.get("User-Agent", "")}


def _enter(token: str, response: ResponseReturnValue) -> Response:
    """Give the browser its key."""
    session.permanent = True
    answer = make_response(response)
    answer.set_cookie(
        COOKIE,
        token,
        max_age=int(SESSION_LIVES.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )
    return answer


def _look_at_the_door() -> sessions.Checked:
    form = forms.SignIn()
    address = request.remote_addr or ""
    return sessions.check_password(form.email.data or "", form.password.data or "", address=address)


@blueprint.route("/sign-in", methods=["GET", "POST"])
@prepares(_look_at_the_door)
@public
def sign_in() -> ResponseReturnValue:
    form = forms.SignIn.from_request(next=request.args.get("next", ""))
    if form.accepted():
        with form.attempting():
            return _enter(sessions.sign_in(prepared(), **_from()), _onwards(form))
    kept = _kept(form.kept.data or "") or {"fields": []}
    page = render_template("accounts/sign_in.html", form=form, written=words_in(kept["fields"]), lost=False)
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


def _onwards(form: forms.SignIn) -> ResponseReturnValue:
    """Where somebody who signed in wanted to go; what they had written waits to be sent."""
    kept = _kept(form.kept.data or "")
    if kept:
        shown = {"fields": kept["fields"], "written": words_in(kept["fields"])}
        return render_template("accounts/again.html", path=kept["path"], **shown)
    return redirect(local_address(form.next.data or "", otherwise=HOME), HTTPStatus.SEE_OTHER)


@blueprint.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    sessions.sign_out(by=current_actor(), at=clock.now())
    answer = make_response(redirect("/", HTTPStatus.SEE_OTHER))
    answer.delete_cookie(COOKIE)
    return answer


@blueprint.get("/privacy")
@public
def privacy() -> ResponseReturnValue:
    return render_template("accounts/privacy.html")


def _may_ask() -> None:
    what = (request.endpoint or "").rpartition(".")[2]
    accounts.allow_asking(what, request.form.get("email", ""), address=request.remote_addr or "")


@blueprint.route("/register", methods=["GET", "POST"])
@prepares(_may_ask)
@public
def register() -> ResponseReturnValue:
    form = forms.Register.from_request(next=request.args.get("next", ""))
    if form.accepted():
        with form.attempting():
            then = local_address(form.next.data or "", otherwise="")
            asked = {
                "name": form.name.data or "",
                "email": form.email.data or "",
                "language": i18n.language(),
            }
            accounts.ask_for_account(**asked, then=then, at=clock.now())
            return redirect(url_for("accounts.look_into_mail"), HTTPStatus.SEE_OTHER)
    page = render_template("accounts/register.html", form=form)
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


@blueprint.get("/register/sent")
@public
def look_into_mail() -> ResponseReturnValue:
    return render_template("accounts/look_into_mail.html", forgotten=False)


@blueprint.route("/forgotten", methods=["GET", "POST"])
@prepares(_may_ask)
@public
def forgotten() -> ResponseReturnValue:
    form = forms.Forgotten.from_request()
    if form.accepted():
        with form.attempting():
            accounts.ask_for_reset(email=form.email.data or "", at=clock.now())
            return redirect(url_for("accounts.look_into_mail_for_reset"), HTTPStatus.SEE_OTHER)
    page = render_template("accounts/forgotten.html", form=form)
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


@blueprint.get("/forgotten/sent")
@public
def look_into_mail_for_reset() -> ResponseReturnValue:
    return render_template("accounts/look_into_mail.html", forgotten=True)


def _choose(token: str) -> accounts.Chosen | None:
    """Judge and hash the password, for a link that is good; nobody can make us hash for nothing."""
    link = queries.link(_purpose(), token)
    if link is None:
        return None
    about = (link.email, str(link.payload.get("name", "")))
    return accounts.choose(forms.ChoosePassword().password.data or "", about=about)


def _purpose() -> TokenPurpose:
    return {"confirm": TokenPurpose.CONFIRM, "reset": TokenPurpose.RESET, "invited": TokenPurpose.INVITE}[
        (request.endpoint or "").rpartition(".")[2]
    ]


def _take(token: str) -> ResponseReturnValue:
    """The page behind a link: its button chooses the password, which opens the account or the door again."""
    link = queries.link(_purpose(), token)
    if link is None or (request.method == "POST" and prepared() is None):
        return render_template("accounts/link_gone.html", purpose=_purpose()), HTTPStatus.NOT_FOUND
    form = forms.ChoosePassword.from_request()
    if form.accepted():
        with form.attempting():
            user = accounts.take_link(link, prepared(), at=clock.now())
            onwards = local_address(str(link.payload.get("next", "")), otherwise=HOME)
            return _let_in(user, onwards)
    page = render_template("accounts/choose_password.html", form=form, link=link)
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


def _let_in(user: Any, onwards: str) -> ResponseReturnValue:
    if _purpose() is TokenPurpose.RESET:
        flash(_("Your new password is kept. Please sign in with it."))
        return redirect(url_for("accounts.sign_in"), HTTPStatus.SEE_OTHER)
    flash(_("Welcome, %(name)s. Your account is ready.", name=user.name))
    return _enter(sessions.open_session(user, **_from()), redirect(onwards, HTTPStatus.SEE_OTHER))


@blueprint.route("/confirm/<token>", methods=["GET", "POST"])
@prepares(_choose)
@public
def confirm(token: str) -> ResponseReturnValue:
    return _take(token)


@blueprint.route("/reset/<token>", methods=["GET", "POST"])
@prepares(_choose)
@public
def reset(token: str) -> ResponseReturnValue:
    return _take(token)


@blueprint.route("/invited/<token>", methods=["GET", "POST"])
@prepares(_choose)
@public
def invited(token: str) -> ResponseReturnValue:
    return _take(token)
