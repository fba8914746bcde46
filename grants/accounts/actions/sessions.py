"""Signing in and out: who is at the door, what their browser keeps, how it is taken back."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from sqlalchemy import delete, select, update
from sqlalchemy.exc import OperationalError

from grants.accounts import attempts, queries
from grants.accounts.contact_points import mail_address, mail_key
from grants.accounts.fields import ENDED_IS_KEPT, LONGEST_PASSWORD, SEEN_EVERY, SESSION_LIVES
from grants.accounts.models import AttemptCount, OneTimeToken, SignInSession, User
from grants.accounts.queries import live
from grants.core import audit, clock, passwords, tokens
from grants.core.db import db
from grants.core.errors import RulesBroken, Violation
from grants.core.i18n import lazy_gettext as _l
from grants.core.policy import Actor, authorise
from grants.core.unit_of_work import aside

_LONGEST_AGENT = 300


class Checked(Struct, frozen=True):
    """What the look at the door found, before any transaction: the account, and its hash as it was then."""

    user_id: int | None
    password_hash: str | None
    new_hash: str | None = None


def check_password(email: str, password: str, *, address: str) -> Checked:
    """Slow, and the same work whether or not there is an account. Outside the unit of work.

    Raises TooMany when this network address guessed too often.
    """
    attempts.refuse_if_full(attempts.WRONG_PASSWORDS, "sign-in", address)
    stored = mail_address(email)
    charged = attempts.charge(mail_key(stored) if stored else "")
    right = passwords.matches(charged.password_hash, password[:LONGEST_PASSWORD])
    if not right or len(password) > LONGEST_PASSWORD:
        attempts.count(attempts.WRONG_PASSWORDS, "sign-in", address)
        return Checked(None, None)
    kept = charged.password_hash
    new = passwords.hashed(password) if kept and passwords.outdated(kept) else None
    return Checked(charged.user_id, kept, new)


def sign_in(checked: Checked, *, address: str, agent: str) -> str:
    """Open a session for the account that was checked, unless it changed since; answers with the token.

    Raises RulesBroken in the same words for everything that may be wrong.
    """
    user = _locked_row(checked.user_id) if checked.user_id else None
    if user is None or user.disabled_at is not None or user.password_hash != checked.password_hash:
        raise RulesBroken([_not_right()])
    if checked.new_hash:
        user.password_hash = checked.new_hash
    return open_session(user, address=address, agent=agent)


def _locked_row(user_id: int) -> User | None:
    return queries.user_for_writing(user_id)


def _not_right() -> Violation:
    return Violation(
        "sign_in",
        _l(
            "The e-mail address or the password is not right. After several wrong tries an account "
            "rests for some minutes."
        ),
    )


def open_session(user: User, *, address: str, agent: str) -> str:
    """A new session of somebody who has proved who they are. Failures counted so far are forgiven."""
    token, now = tokens.fresh(), clock.real_now()
    user.failures, user.locked_until = 0, None
    opened = SignInSession(
        token_hash=tokens.hashed(token),
        user_id=user.id,
        created_at=now,
        last_seen_at=now,
        expires_at=now + SESSION_LIVES,
        address=address[:45],
        agent=agent[:_LONGEST_AGENT],
    )
    db.session.add(opened)
    actor = Actor(user.id, user.name)
    audit.record("sign_in", opened, by=actor, at=clock.now(), before={}, after={"user_id": user.id})
    return token


def note_seen(session_id: int, last_seen_at: datetime) -> None:
    """Remember that a session is in use, at most every five minutes; never at the price of the page."""
    now = clock.real_now()
    if now - last_seen_at < SEEN_EVERY:
        return
    seen = update(SignInSession).where(SignInSession.id == session_id).values(last_seen_at=now)
    seen = seen.execution_options(synchronize_session=False)
    if db.session().info.get("read_only") is False:
        db.session.execute(seen)
        return
    try:
        with aside() as session:
            session.execute(seen)
    except OperationalError:  # another writer held the database too long: the next page tells it
        return


def revoke(opened: SignInSession, *, by: Actor, at: datetime) -> None:
    """End one session of one's own."""
    authorise(by, "session.revoke", opened)
    if opened.revoked_at is None:
        opened.revoked_at = clock.real_now()
        audit.record("sign_out", opened, by=by, at=at, before={}, after={"user_id": opened.user_id})


def sign_out(*, by: Actor, at: datetime) -> None:
    """End the session this request came with, if there is one."""
    opened = db.session.get(SignInSession, by.session_id) if by.session_id else None
    if opened is not None:
        revoke(opened, by=by, at=at)


def revoke_others(*, by: Actor, at: datetime) -> int:
    """End all one's other sessions; answers with how many there were."""
    now = clock.real_now()
    mine = select(SignInSession).where(SignInSession.user_id == by.user_id, live(now))
    others = [opened for opened in db.session.scalars(mine) if opened.id != by.session_id]
    for opened in others:
        revoke(opened, by=by, at=at)
    return len(others)


def forget_ended() -> None:
    """Sessions and links that ended a quarter ago, and counts whose window ended: by the daily job."""
    now = clock.real_now()
    db.session.execute(delete(SignInSession).where(SignInSession.expires_at < now - ENDED_IS_KEPT))
    db.session.execute(delete(OneTimeToken).where(OneTimeToken.expires_at < now - ENDED_IS_KEPT))
    db.session.execute(delete(AttemptCount).where(AttemptCount.expires_at < now))
