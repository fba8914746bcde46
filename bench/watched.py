"""The house as it is served, with one more header: how many statements a request took.

Session, policy and clock are counted; what opens and closes a transaction is not.
"""

from flask import Response, g
from sqlalchemy import event

from grants.app import create_app
from grants.core.db import db

app = create_app()

with app.app_context():

    @event.listens_for(db.engine, "before_cursor_execute")
    def _count(*said: object) -> None:
        if not str(said[2]).startswith("BEGIN"):
            g.statements = g.get("statements", 0) + 1


@app.after_request
def _tell(response: Response) -> Response:
    response.headers["X-Statements"] = str(g.get("statements", 0))
    return response
