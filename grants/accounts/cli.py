"""Accounts from the command line: the first administrator, and help when the door is shut."""

from __future__ import annotations

import click


@click.group()
def user() -> None:
    """People who can sign in."""


@user.command()
@click.argument("email")
@click.option("--name", required=True, help="As others see it.")
@click.option("--role", "names", multiple=True, help="director, officer, finance, admin …; may be repeated.")
@click.option("--language", default="zh-Hans", show_default=True, help="zh-Hans, zh-Hant or en.")
@click.password_option(
    help="Asked for when not given; or set GRANTS_NEW_PASSWORD.", envvar="GRANTS_NEW_PASSWORD"
)
def create(*, email: str, name: str, names: tuple[str, ...], language: str, password: str) -> None:
    """Open an account that can sign in at once."""
    from grants.accounts.actions.accounts import choose, open_account
    from grants.accounts.actions.roles import Terms, grant_role
    from grants.accounts.fields import RoleName
    from grants.app import create_app
    from grants.core import clock
    from grants.core.policy import SYSTEM
    from grants.core.unit_of_work import unit_of_work

    unknown = sorted(set(names) - set(RoleName))
    if unknown:
        raise click.BadParameter(f"there is no role {', '.join(unknown)}", param_hint="--role")
    with create_app().app_context():
        chosen = choose(password, about=(name, email))
        with unit_of_work():
            at = clock.now()
            person = open_account(name=name, email=email, chosen=chosen, language=language, by=SYSTEM, at=at)
            for role in names:
                grant_role(person, Terms(RoleName(role)), by=SYSTEM, at=at)
    click.echo(f"{email} can sign in.")
