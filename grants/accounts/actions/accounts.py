"""How an account comes to be, and how its password is chosen, changed and lost."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import update

from grants.accounts import attempts, queries
from grants.accounts.contact_points import mail_address, mail_key
from grants.accounts.events import (
    ColleagueInvited,
    ConfirmationAsked,
    PasswordChanged,
    PersonRegistered,
    ResetGranted,
)
from grants.accounts.fields import CONSENT_NOTICE, CONSENT_VERSION, LIVES, LONGEST_NAME, TokenPurpose
from grants.accounts.models import Consent, OneTimeToken, SignInSession, User
from grants.accounts.queries import user_by_email
from grants.accounts.rules import password_violations
from grants.core import audit, clock, jobs, passwords, text, tokens
from grants.core.db import db
from grants.core.errors import RulesBroken, StaleVersion, Violation
from grants.core.events import publish
from grants.core.holding import for_change
from grants.core.i18n import LOCALES
from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import Actor, authorise


class Chosen(Struct, frozen=True):
    """A password that was judged and hashed before the transaction; what is wrong with it, if anything."""

    password_hash: str = ""
    violations: tuple[Violation, ...] = ()


def choose(password: str, *, about: Iterable[str] = ()) -> Chosen:
    """Slow: outside the unit of work."""
    broken = tuple(password_violations(password, about=tuple(filter(None, about))))
    return Chosen(violations=broken) if broken else Chosen(passwords.hashed(password))


def create_user(
    *,
    name: str,
    email: str | None = None,
    phone: str | None = None,
    password_hash: str | None = None,
    language: str = "zh-Hans",
    by: Actor,
    at: datetime,
) -> User:
    """An account as it stands once its address is known to be right, or before the invitation is used.

    The caller has made sure that the address is free; the database refuses a second one.
    """
    user = User(
        name=text.clean_line(name)[:LONGEST_NAME],
        email=email,
        email_key=mail_key(email) if email else None,
        phone=phone,
        password_hash=password_hash,
        language=language if language in LOCALES else "zh-Hans",
        confirmed_at=at if password_hash else None,
    )
    db.session.add(user)
    db.session.flush()
    audit.record("register", user, by=by, at=at, before={}, after={"name": user.name, "language": language})
    fact = PersonRegistered(
        occurred_at=at, actor_id=by.user_id, case=user.case, user_id=user.id, name=user.name
    )
    publish(fact)
    return user


def open_account(*, name: str, email: str, chosen: Chosen, language: str, by: Actor, at: datetime) -> User:
    """An account that can sign in at once, made by whoever runs the house."""
    authorise(by, "people.invite")
    stored = _stored(email)
    if chosen.violations:
        raise RulesBroken(chosen.violations)
    if user_by_email(stored) is not None:
        raise RulesBroken([Violation("taken", _l("This address has an account already."), "email")])
    return create_user(
        name=name, email=stored, password_hash=chosen.password_hash, language=language, by=by, at=at
    )


def allow_asking(kind: str, email: str, *, address: str) -> None:
    """Outside the unit of work: limits per network address and per mail address. Raises TooMany."""
    limit = attempts.REGISTRATIONS if kind == "register" else attempts.RESETS
    attempts.count(limit, kind, address)
    stored = mail_address(email)
    if stored:
        attempts.count(attempts.MAILS_TO_ONE_ADDRESS, kind, mail_key(stored))


def ask_for_account(*, name: str, email: str, language: str, then: str, at: datetime) -> None:
    """Send a link to the address, whoever it belongs to. Nothing tells whether there is an account.

    `then` is the page to come back to. The consent given with the form waits with the link.
    """
    payload = {
        "name": text.clean_line(name)[:LONGEST_NAME],
        "language": language,
        "next": then,
        "consent": {"version": CONSENT_VERSION, "given_at": at.isoformat()},
    }
    link = make_link(TokenPurpose.CONFIRM, email=_stored(email), payload=payload)
    publish(ConfirmationAsked(occurred_at=at, actor_id=None, case="accounts", token_id=link.id))


def _stored(email: str) -> str:
    stored = mail_address(email)
    if stored is None:
        raise RulesBroken([Violation("email", _l("This is not an e-mail address we can write to."), "email")])
    return stored


def make_link(
    purpose: TokenPurpose, *, email: str, payload: dict[str, Any], user_id: int | None = None
) -> OneTimeToken:
    now, nonce = clock.real_now(), tokens.nonce()
    link = OneTimeToken(
        purpose=purpose,
        nonce=nonce,
        token_hash=tokens.hashed(tokens.derived(purpose, nonce)),
        user_id=user_id,
        email=email,
        payload=payload,
        created_at=now,
        expires_at=now + LIVES[purpose],
    )
    db.session.add(link)
    db.session.flush()
    return link


def invite(*, name: str, email: str, language: str, by: Actor, at: datetime) -> User:
    """An account for a colleague, and a mail whose link lets them choose a password.

    Whoever has an account already is only found; an invitation not used yet is sent again.
    """
    authorise(by, "people.invite")
    stored = _stored(email)
    user = user_by_email(stored)
    if user is None:
        user = create_user(name=name, email=stored, language=language, by=by, at=at)
    if user.password_hash is None and user.disabled_at is None:
        link = make_link(TokenPurpose.INVITE, email=stored, payload={}, user_id=user.id)
        publish(
            ColleagueInvited(
                occurred_at=at, actor_id=by.user_id, case=user.case, token_id=link.id, invited_by=by.name
            )
        )
    return user


def ask_for_reset(*, email: str, at: datetime) -> None:
    """The same work for every address: whether there is an account is looked up by the job."""
    jobs.enqueue("reset_link", {"email": _stored(email), "asked_at": at.isoformat()})


def grant_reset(email: str, *, at: datetime) -> None:
    """Make the link, when the address has an account that may be used; else do nothing."""
    user = user_by_email(email)
    if user is None or user.disabled_at is not None or user.email is None:
        return
    link = make_link(TokenPurpose.RESET, email=user.email, payload={}, user_id=user.id)
    publish(ResetGranted(occurred_at=at, actor_id=None, case=user.case, token_id=link.id))


def take_link(link: OneTimeToken, chosen: Chosen, *, at: datetime) -> User:
    """Use a link: the account comes to be, or gets its password. Good once; two clicks, one account."""
    if chosen.violations:
        raise RulesBroken(chosen.violations)
    used = update(OneTimeToken).where(OneTimeToken.id == link.id, OneTimeToken.used_at.is_(None))
    taken = db.session.execute(used.values(used_at=clock.real_now()).returning(OneTimeToken.id)).first()
    if taken is None:
        raise StaleVersion(_l("This link was used a moment ago."))
    user = _owner_of(link, chosen, at=at)
    _record_consent(user, link, at=at)
    return user


def _owner_of(link: OneTimeToken, chosen: Chosen, *, at: datetime) -> User:
    found = user_by_email(link.email) if link.user_id is None else db.session.get(User, link.user_id)
    if found is None:
        me = Actor(None, str(link.payload["name"]))
        language = str(link.payload.get("language", "zh-Hans"))
        return create_user(
            name=me.name,
            email=link.email,
            language=language,
            password_hash=chosen.password_hash,
            by=me,
            at=at,
        )
    found = for_change(found)
    if found.disabled_at is not None:
        raise RulesBroken([Violation("disabled", _l("This account is closed. Please call the foundation."))])
    if link.purpose is not TokenPurpose.RESET and found.password_hash is not None:
        raise RulesBroken([Violation("known", _l("This address has an account already. Please sign in."))])
    _set_password(found, chosen.password_hash, by=Actor(found.id, found.name), at=at, keep_session=None)
    return found


def _set_password(user: User, new_hash: str, *, by: Actor, at: datetime, keep_session: int | None) -> None:
    """A new password ends all other sessions and spends every waiting link."""
    user.password_hash, user.failures, user.locked_until = new_hash, 0, None
    user.confirmed_at = user.confirmed_at or at
    now = clock.real_now()
    sessions = update(SignInSession).where(
        SignInSession.user_id == user.id, SignInSession.revoked_at.is_(None)
    )
    if keep_session is not None:
        sessions = sessions.where(SignInSession.id != keep_session)
    db.session.execute(sessions.values(revoked_at=now))
    links = update(OneTimeToken).where(OneTimeToken.user_id == user.id, OneTimeToken.used_at.is_(None))
    db.session.execute(links.values(used_at=now))
    audit.record("change_password", user, by=by, at=at, before={}, after={})
    publish(PasswordChanged(occurred_at=at, actor_id=by.user_id, case=user.case, user_id=user.id))


def _record_consent(user: User, link: OneTimeToken, *, at: datetime) -> None:
    if link.purpose is TokenPurpose.RESET:
        return
    given = link.payload.get("consent") or {"version": CONSENT_VERSION, "given_at": at.isoformat()}
    consent = Consent(
        user_id=user.id,
        notice=CONSENT_NOTICE,
        notice_version=str(given["version"]),
        given_at=datetime.fromisoformat(str(given["given_at"])),
    )
    db.session.add(consent)
    db.session.flush()


class Change(Struct, frozen=True):
    """A change of password that was checked before the transaction."""

    right: bool
    old_hash: str | None
    chosen: Chosen


def check_change(user: User, *, current: str, new: str) -> Change:
    """Slow: outside the unit of work. A wrong present password counts against the account."""
    charged = attempts.charge(user.email_key or "")
    right = passwords.matches(charged.password_hash, current)
    chosen = choose(new, about=(user.name, user.email or "")) if right else Chosen()
    return Change(right, charged.password_hash, chosen)


def change_password(change: Change, *, by: Actor, at: datetime) -> None:
    """Replace one's own password; every other browser is signed out."""
    user = queries.user_for_writing(by.user_id) if by.user_id is not None else None
    authorise(by, "account.change", user)
    if user is None or not change.right:
        raise RulesBroken([Violation("current", _l("The present password is not right."), "current")])
    if change.chosen.violations:
        raise RulesBroken(change.chosen.violations)
    if user.password_hash != change.old_hash:
        raise StaleVersion(_l("The password was changed elsewhere in the meantime."))
    _set_password(user, change.chosen.password_hash, by=by, at=at, keep_session=by.session_id)


def edit_account(user: User, *, name: str, language: str, by: Actor, at: datetime) -> None:
    """One's own name and language."""
    authorise(by, "account.change", user)
    user.name, user.language = text.clean_line(name)[:LONGEST_NAME], language
    audit.record("edit", user, by=by, at=at)
