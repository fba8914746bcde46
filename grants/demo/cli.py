"""Commands of the demo."""

from __future__ import annotations

from datetime import datetime

import click


@click.group()
def demo() -> None:
    """Show a whole foundation at work on this machine."""


@demo.command("clock")
@click.argument("instant")
def clock(instant: str) -> None:
    """Move the demo's clock forward to INSTANT, such as 2026-12-12T18:00+08:00."""
    from grants.app import create_app
    from grants.core import clock as time
    from grants.core.errors import RulesBroken
    from grants.core.unit_of_work import unit_of_work
    from grants.demo.clock import move_to

    try:
        wanted = datetime.fromisoformat(instant)
    except ValueError:
        raise click.ClickException(f"{instant} is not an instant such as 2026-12-12T18:00+08:00") from None
    with create_app().app_context():
        if wanted.tzinfo is None:
            wanted = wanted.replace(tzinfo=time.zone())
        try:
            with unit_of_work():
                move_to(wanted)
        except RulesBroken as broken:
            raise click.ClickException(str(broken)) from None
    click.echo(f"the demo's clock shows {wanted.isoformat()}")
