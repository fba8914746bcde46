"""${message}."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def by_hand(dialect: str, statement: str) -> None:
    """What one kind of database needs beside its tables: triggers, search tables."""
    if op.get_bind().dialect.name == dialect:
        op.execute(sa.text(statement))


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
