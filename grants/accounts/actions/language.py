"""The language of an account, remembered when its reader picks one anywhere."""

from __future__ import annotations

from sqlalchemy import update

from grants.accounts.models import User
from grants.core.policy import Actor
from grants.core.unit_of_work import aside


def remember_language(code: str, *, by: Actor) -> None:
    """Kept beside the page that is read: a link chooses a language, and a GET changes nothing else."""
    if by.user_id is None or by.language == code:
        return
    with aside() as session:
        session.execute(update(User).where(User.id == by.user_id).values(language=code))
