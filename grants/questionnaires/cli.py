"""Making an empty house ready for a foundation."""

from __future__ import annotations

import click


@click.command()
def begin() -> None:
    """Enter the usual lists of words and publish the forms, where there are none yet."""
    from grants.app import create_app
    from grants.core import clock
    from grants.core.policy import SYSTEM
    from grants.core.unit_of_work import unit_of_work
    from grants.questionnaires.actions import publish_shipped
    from grants.reference.actions import enter_usual_terms

    with create_app().app_context(), unit_of_work():
        at = clock.now()
        added = enter_usual_terms(by=SYSTEM, at=at)
        publish_shipped(by=SYSTEM, at=at)
    click.echo(f"{added} words were entered; the forms are published. Next: grants user create.")
