"""What the house knows and not everybody may: each word of the year with the doors behind which it may be read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import text

from grants.core.db import db
from grants.core.policy import Actor
from tests.guards.everybody import Everybody

SHORTEST = 4

_JUDGED = (
    "JOIN entry e ON e.subject_kind = '{kind}' AND e.subject_id = x.id JOIN assignment a ON a.entry_id = e.id"
)
_PROPOSALS = "FROM proposal x"
_PROPOSALS_JUDGED = f"FROM proposal x {_JUDGED.format(kind='proposal')}"
_PROJECTS = "FROM {table} x JOIN project p ON p.id = x.project_id"
_NOMINATIONS_JUDGED = f"FROM nomination x {_JUDGED.format(kind='nomination')}"
_REVIEWS = "FROM review x JOIN assignment a ON a.id = x.assignment_id JOIN entry e ON e.id = a.entry_id"
_RELEASED = (
    f"{_REVIEWS} JOIN proposal p ON e.subject_kind = 'proposal' AND e.subject_id = p.id "
    "JOIN decision d ON d.proposal_id = p.id AND d.state = 'released'"
)
_GROUPS = "FROM {table} x JOIN organisation o ON o.id = x.organisation_id"
# A fund's own page holds every movement of its money, by the number of the payment and without a name.
_LEDGER = (
    'FROM payment x JOIN tranche t ON t.id = x.tranche_id JOIN "grant" g ON g.id = t.grant_id '
    "JOIN fund f ON f.id = g.fund_id"
)

# (the door, a select of a word and of the identifier in the door's address). A word behind several doors may be
# read by whoever opens one of them; what a visitor reads anyway is no secret.
KNOWN_BEHIND = (
    ("proposals.show", f"SELECT x.public_id, x.public_id {_PROPOSALS}"),
    ("proposals.show", f"SELECT x.title, x.public_id {_PROPOSALS}"),
    ("proposals.show", f"SELECT x.number, x.public_id {_PROPOSALS}"),
    ("reviews.show", f"SELECT x.title, a.public_id {_PROPOSALS_JUDGED}"),
    ("reviews.show", f"SELECT x.number, a.public_id {_PROPOSALS_JUDGED}"),
    ("stages.entry", "SELECT title, public_id FROM entry"),
    ("stages.entry", "SELECT public_id, public_id FROM entry"),
    ("reviews.show", "SELECT e.title, a.public_id FROM entry e JOIN assignment a ON a.entry_id = e.id"),
    (
        "nominations.show",
        "SELECT e.title, n.public_id FROM entry e JOIN nomination n ON e.subject_kind = 'nomination' AND e.subject_id = n.id",
    ),
    ("reviews.show", "SELECT public_id, public_id FROM assignment"),
    ("stages.entry", "SELECT a.public_id, e.public_id FROM assignment a JOIN entry e ON e.id = a.entry_id"),
    ("reviews.show", f"SELECT x.comment, a.public_id {_REVIEWS}"),
    ("stages.entry", f"SELECT x.comment, e.public_id {_REVIEWS}"),
    ("proposals.show", f"SELECT x.comment, p.public_id {_RELEASED}"),
    ("proposals.show", "SELECT r.text, x.public_id FROM recommendation r JOIN proposal x ON x.id = r.proposal_id"),
    ("proposals.show", "SELECT r.reason, x.public_id FROM proposal_return r JOIN proposal x ON x.id = r.proposal_id"),
    ("agreements.show", "SELECT public_id, public_id FROM agreement"),
    ("agreements.show", "SELECT number, public_id FROM agreement"),
    ("projects.show", f"SELECT x.public_id, p.public_id {_PROJECTS.format(table='milestone')}"),
    ("projects.show", f"SELECT x.words, p.public_id {_PROJECTS.format(table='milestone')}"),
    ("projects.show", f"SELECT x.public_id, p.public_id {_PROJECTS.format(table='activity')}"),
    ("projects.show", f"SELECT x.title, p.public_id {_PROJECTS.format(table='activity')}"),
    ("projects.show", f"SELECT x.public_id, p.public_id {_PROJECTS.format(table='report')}"),
    ("projects.show", f"SELECT x.answer, p.public_id {_PROJECTS.format(table='report')}"),
    ("projects.show", f"SELECT x.public_id, p.public_id {_PROJECTS.format(table='finding')}"),
    ("projects.show", f"SELECT x.title, p.public_id {_PROJECTS.format(table='finding')}"),
    ("projects.show", f"SELECT x.action, p.public_id {_PROJECTS.format(table='finding')}"),
    ("closeouts.show", "SELECT public_id, public_id FROM closeout"),
    ("closeouts.show", "SELECT account_words, public_id FROM closeout"),
    ("payments.show", "SELECT public_id, public_id FROM tranche"),
    ("payments.show", "SELECT x.number, t.public_id FROM payment x JOIN tranche t ON t.id = x.tranche_id"),
    ("payments.show", "SELECT x.receipt_number, t.public_id FROM payment x JOIN tranche t ON t.id = x.tranche_id"),
    ("funds.show", f"SELECT x.number, f.public_id {_LEDGER}"),
    ("payees.account", f"SELECT x.public_id, o.public_id {_GROUPS.format(table='payee_account')}"),
    ("nominations.show", "SELECT public_id, public_id FROM nomination"),
    ("nominations.show", "SELECT substr(deed, -30), public_id FROM nomination"),
    ("reviews.show", f"SELECT substr(x.deed, -30), a.public_id {_NOMINATIONS_JUDGED}"),
    ("notices.objections", "SELECT x.content, n.public_id FROM objection x JOIN notice n ON n.id = x.notice_id"),
    ("documents.open_file", "SELECT public_id, public_id FROM document WHERE withdrawn_at IS NULL"),
    ("groups.show", f"SELECT x.public_id, o.public_id {_GROUPS.format(table='volunteer')}"),
    ("groups.show", f"SELECT x.number, o.public_id {_GROUPS.format(table='volunteer')}"),
    ("record.show", f"SELECT x.evidence, o.public_id {_GROUPS.format(table='conflict')}"),
)  # fmt: skip


def words_behind_doors() -> Mapping[str, set[tuple[str, str]]]:
    """Each word with (endpoint, identifier) of every door behind which it stands."""
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for endpoint, statement in KNOWN_BEHIND:
        for word, public_id in db.session.connection().execute(text(statement)):
            if word and len(word) >= SHORTEST:
                found[word].add((endpoint, public_id))
    return found


def hidden_from(actor: Actor, words: Mapping[str, set[tuple[str, str]]], everybody: Everybody) -> set[str]:
    return {
        word
        for word, doors in words.items()
        if not any(everybody.opens(actor, endpoint, {"public_id": id_}) for endpoint, id_ in doors)
    }
