"""Commands that run the house; what they need is imported when they are called."""

import os
import runpy
import sys
from pathlib import Path

import click

from grants.operation.places import BESIDE, demonstration_folder, is_checkout
from grants.operation.processes import port_must_be_free, put_off_looking_for_waste, signals_ask_to_leave

PORT = click.IntRange(1, 65535)


@click.group(invoke_without_command=True)
@click.option("--port", type=PORT, default=8000, show_default=True, help="Port on this machine.")
@click.option("--reset", is_flag=True, help="Start the year over; what was done is lost.")
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), help="Where it is kept.")
@click.pass_context
def demo(ctx: click.Context, *, port: int, reset: bool, folder: Path | None) -> None:
    """Show a whole foundation at work on this machine."""
    place = (folder or demonstration_folder()).resolve()
    if ctx.invoked_subcommand is not None:
        os.environ.update(GRANTS_DEMO="1", GRANTS_INSTANCE=str(place))
        os.environ.pop("GRANTS_DATABASE_URL", None)
        return
    from grants.operation.demonstration import run

    run(place, port=port, reset=reset)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=PORT, default=8000, show_default=True)
@click.option("--workers", type=click.IntRange(0, 64), default=0, help="Processes; 0: one per core.")
@click.option("--access-log", is_flag=True, help="Write a line per request.")
def serve(*, host: str, port: int, workers: int, access_log: bool) -> None:
    """Run the production server."""
    port_must_be_free(host, port)
    put_off_looking_for_waste()
    from grants.config import Settings
    from grants.operation.serving import serve as run

    Settings.from_environment()  # a fault is one sentence here, a restart loop in the workers
    run(host=host, port=port, workers=workers, access_log=access_log)


@click.group()
def jobs() -> None:
    """Work that waits in the database: mail, papers, imports."""


@jobs.command("run")
@click.option("--once", is_flag=True, help="Do what is due now, then leave.")
def jobs_run(*, once: bool) -> None:
    """Do jobs as they fall due, until told to stop."""
    from grants.app import create_app
    from grants.core import jobs as work

    app = create_app()
    if once:
        click.echo(f"{work.run_due(app)} jobs were tried.")
        return
    with signals_ask_to_leave() as leaving:
        work.run_forever(app, leaving)


@click.group()
def db() -> None:
    """The database."""


@db.command("upgrade")
def db_upgrade() -> None:
    """Bring the database to the shape this version needs."""
    from grants.app import create_app
    from grants.core.db import db as database
    from grants.operation.database import upgrade

    app = create_app()
    with app.app_context():
        upgrade(database.engine)


@db.command("revise")
@click.argument("sentence")
def db_revise(sentence: str) -> None:
    """Write a migration from the models (for developers)."""
    from grants.operation.database import revise

    click.echo(revise(sentence))


def passed_on(module: str, arguments: tuple[str, ...]) -> None:
    """Run a developer's tool of the checkout with our arguments; its exit code is ours."""
    source = BESIDE / Path(*module.split("."))
    if not is_checkout() or not (source.is_dir() or source.with_suffix(".py").exists()):
        raise click.ClickException(f"`{module}` is not here; it belongs to a checkout of the source.")
    os.chdir(BESIDE)
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


NO_NAMES: list[str] = []  # `--help` too is the tool's
ANYTHING = {"ignore_unknown_options": True, "help_option_names": NO_NAMES}
arguments_of_the_tool = click.argument("arguments", nargs=-1, type=click.UNPROCESSED)


@click.command(context_settings=ANYTHING)
@arguments_of_the_tool
def test(arguments: tuple[str, ...]) -> None:
    """Set up what the tests need and run them; arguments go to pytest."""
    passed_on("tools.run_tests", arguments)


@click.command(context_settings=ANYTHING)
@arguments_of_the_tool
def check_tree(arguments: tuple[str, ...]) -> None:
    """Check the source: format, lint, types, translations, licences, migrations."""
    passed_on("tools.check", arguments)


@click.command(context_settings=ANYTHING)
@arguments_of_the_tool
def translations(arguments: tuple[str, ...]) -> None:
    """Collect sentences and renew the catalogues."""
    passed_on("tools.translations", arguments)


@click.command(context_settings=ANYTHING)
@arguments_of_the_tool
def bench(arguments: tuple[str, ...]) -> None:
    """Measure, and write the figures to bench/results."""
    passed_on("bench", arguments)


@click.command(context_settings=ANYTHING)
@arguments_of_the_tool
def prove(arguments: tuple[str, ...]) -> None:
    """Run the long proofs at full size; they can be resumed."""
    passed_on("bench.prove", arguments)


@click.command(context_settings=ANYTHING)
@arguments_of_the_tool
def chaos(arguments: tuple[str, ...]) -> None:
    """Make faults under load and see that nothing is lost."""
    passed_on("bench.chaos", arguments)


@click.command()
@click.option("--data", "of_data", is_flag=True, help="Check every invariant on the data instead.")
def check(*, of_data: bool) -> None:
    """Tell the settings and the health of every part."""
    from grants.app import create_app

    app = create_app()
    with app.app_context():
        in_order = _data() if of_data else _parts()
    if not in_order:
        raise click.ClickException("Not everything is in order.")


def _parts() -> bool:
    from flask import current_app

    from grants.config import SETTINGS
    from grants.operation.health import examine

    for setting in SETTINGS:
        given = "set" if os.environ.get(setting.name) else "not set"
        click.echo(f"{setting.name:28} {given:8} {setting.meaning}")
    parts = list(examine(current_app))
    for part in parts:
        click.echo(f"{part.name:28} {'good' if part.in_order else 'BAD':8} {part.found}")
    return all(part.in_order for part in parts)


def _data() -> bool:
    from grants.core.unit_of_work import unit_of_work
    from grants.workspace.queries.invariants import INVARIANTS

    broken = 0
    for name, complaints in INVARIANTS.items():
        with unit_of_work(read_only=True):
            found = list(complaints())
        click.echo("\n    ".join([f"{name:20} {f'BAD ({len(found)})' if found else 'good'}", *found]))
        broken += len(found)
    return broken == 0


@click.group()
def audit() -> None:
    """The permanent record of who changed what."""


@audit.command("verify")
def audit_verify() -> None:
    """Recompute the chain; name every entry that is not what was sealed."""
    from grants.app import create_app
    from grants.core import audit as record
    from grants.core.unit_of_work import unit_of_work

    app = create_app()
    with app.app_context(), unit_of_work(read_only=True):
        wrong, newest = list(record.altered()), record.head()
    for number in wrong:
        click.echo(f"Entry {number} is not what was sealed.")
    if wrong:
        raise click.ClickException("The record was altered.")
    click.echo(f"{newest} entries, every one as it was sealed.")
