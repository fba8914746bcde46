"""What is told about accounts: links by mail, and changes somebody should know of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from grants.accounts import queries
from grants.accounts.models import OneTimeToken
from grants.core import addresses, tokens
from grants.core.i18n import lazy_gettext as _l
from grants.messaging.fields import Recipient, Tell, ToAddress, Values


def _link(fact: Values) -> OneTimeToken:
    return queries.link_by_id(int(fact["token_id"]))


def _is_taken(link: OneTimeToken) -> bool:
    """Whether the address has an account that signs in already."""
    user = queries.user_by_email(link.email)
    return user is not None and (user.password_hash is not None or user.disabled_at is not None)


def _newcomer(fact: Values) -> Iterator[Recipient]:
    link = _link(fact)
    if not _is_taken(link):
        yield ToAddress(link.email, str(link.payload["name"]), str(link.payload["language"]))


def _holder_already(fact: Values) -> Iterator[Recipient]:
    """Told to the address, not by the name just typed: that may be a stranger's."""
    link = _link(fact)
    if _is_taken(link):
        user = queries.user_by_email(link.email)
        yield ToAddress(link.email, language=user.language if user else "zh-Hans")


def _owner_of_link(fact: Values) -> Iterator[Recipient]:
    link = _link(fact)
    user = queries.user_by_id(link.user_id or 0)
    yield ToAddress(link.email, user.name, user.language)


def _the_person(fact: Values) -> Iterator[Recipient]:
    yield int(fact["user_id"])


def _secret_link(page: str, fact: Values) -> Values:
    """Made when the mail is written: neither the job nor the table holds a link one could use."""
    link = _link(fact)
    return {
        "link": addresses.full(f"/{page}/{tokens.derived(link.purpose, link.nonce)}"),
        "email": link.email,
    }


def _confirm(fact: Values) -> Values:
    return _secret_link("confirm", fact)


def _reset(fact: Values) -> Values:
    return _secret_link("reset", fact)


def _invited(fact: Values) -> Values:
    return _secret_link("invited", fact)


def _sign_in(fact: Values) -> Values:
    return {"link": addresses.full("/sign-in"), "reset": addresses.full("/forgotten")}


TELLS: Mapping[str, Sequence[Tell]] = {
    "ConfirmationAsked": (
        Tell("confirm", _newcomer, _l("Open your account"), mail="confirm", in_app=False, more=_confirm),
        Tell(
            "known_already",
            _holder_already,
            _l("You have an account already"),
            mail="known_already",
            in_app=False,
            more=_sign_in,
        ),
    ),
    "ResetGranted": (
        Tell("reset", _owner_of_link, _l("Choose a new password"), mail="reset", in_app=False, more=_reset),
    ),
    "ColleagueInvited": (
        Tell(
            "invited",
            _owner_of_link,
            _l("%(invited_by)s invites you to Greenshoots"),
            mail="invited",
            in_app=False,
            more=_invited,
        ),
    ),
    "PasswordChanged": (
        Tell("password_changed", _the_person, _l("Your password was changed"), "/account/sessions"),
    ),
    "RoleGranted": (Tell("role_granted", _the_person, _l("You were given a role: %(role_words)s"), "/home"),),
    "RoleEnded": (Tell("role_ended", _the_person, _l("A role of yours has ended: %(role_words)s"), "/home"),),
}
