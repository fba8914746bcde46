"""Everybody who can sign in to the demo year, and whether a door of the house opens to them by the policy table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from werkzeug.utils import import_string

from grants import wiring
from grants.accounts import queries
from grants.accounts.models import User
from grants.core.db import db
from grants.core.policy import VISITOR, Actor, Held, permits
from grants.documents.models import Document
from tests.guards.matrix import ABSENT, Matrix

DESKS = ("director", "officer", "finance", "awards", "admin", "auditor", "board", "district")
# Somebody with every desk of the foundation and no tie to anybody: what they do not see, no desk sees.
ALL_DESKS = Actor(0, "all desks", tuple(Held(role) for role in DESKS))


class Everybody:
    """All sign-ins by name, the visitor under the empty one. Call within a reading of the year."""

    def __init__(self, matrix: Matrix) -> None:
        self.matrix = matrix
        users = db.session.execute(select(User.id, User.email_key).where(User.email_key.is_not(None)))
        self.ids = {email.partition("@")[0]: user_id for user_id, email in users}
        self.actors = {"": VISITOR} | {name: queries.actor_of(id_) for name, id_ in self.ids.items()}
        self.by_id = {actor.user_id: actor for actor in self.actors.values()}
        self._adapter = matrix.year.app.url_map.bind("localhost")
        self._answers: dict[tuple[Any, ...], bool] = {}

    def __iter__(self) -> Iterator[tuple[str, Actor]]:
        return iter(self.actors.items())

    def may_open(self, actor: Actor, address: str) -> bool:
        endpoint, values = self._adapter.match(address.partition("?")[0].partition("#")[0])
        return self.opens(actor, endpoint, values)

    def opens(self, actor: Actor, endpoint: str, values: Mapping[str, Any]) -> bool:
        """What the declared access and the policy table say; of a file, what its holder's permission says."""
        key = (actor.user_id, endpoint, *values.values())
        if key not in self._answers:
            ask = self._opens_file if endpoint == "documents.open_file" else self._opens
            self._answers[key] = ask(actor, endpoint, values)
        return self._answers[key]

    def _opens(self, actor: Actor, endpoint: str, values: Mapping[str, Any]) -> bool:
        subject = self.matrix.subject(endpoint, values)
        return subject is not ABSENT and self.matrix.may_see(endpoint, subject, actor)

    def _opens_file(self, actor: Actor, _endpoint: str, values: Mapping[str, Any]) -> bool:
        row = db.session.scalars(select(Document).where(Document.public_id == values["public_id"])).one()
        keys = (f"{row.holder_kind}:{row.purpose}", row.holder_kind)
        loader, permission = next(wiring.FILES[key] for key in keys if key in wiring.FILES)
        return permits(actor, permission, import_string(loader)(row.holder_id))
