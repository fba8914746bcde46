"""The command line: one tree of commands, each loaded only when it is called."""

import ast
import importlib
import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import click
from msgspec import Struct

from grants import __version__

OURS = (
    "grants.operation.cli:demo",
    "grants.operation.cli:serve",
    "grants.operation.cli:jobs",
    "grants.operation.cli:db",
    "grants.operation.cli:check",
    "grants.operation.cli:audit",
    "grants.operation.cli:test",
    "grants.operation.cli:check_tree",
    "grants.operation.cli:bench",
    "grants.operation.cli:prove",
    "grants.operation.cli:chaos",
    "grants.operation.cli:translations",
)


class Entry(Struct, frozen=True):
    """A command by its address, `package.module:function`, before it is imported."""

    address: str

    @property
    def module(self) -> str:
        return self.address.partition(":")[0]

    @property
    def function(self) -> str:
        return self.address.partition(":")[2]

    @property
    def name(self) -> str:
        return self.function.removesuffix("_command").replace("_", "-")

    def load(self) -> click.Command:
        command = getattr(importlib.import_module(self.module), self.function)
        if not isinstance(command, click.Command):
            message = f"{self.address} is not a command"
            raise TypeError(message)
        return command

    def summary(self) -> str:
        """First sentence of its docstring, read from the source so that help stays quick."""
        spec = importlib.util.find_spec(self.module)
        if spec is None or spec.origin is None:
            return ""
        tree = ast.parse(Path(spec.origin).read_text("utf-8"))
        found = (n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == self.function)
        words = next((ast.get_docstring(node) or "" for node in found), "")
        return words.partition("\n")[0].rstrip(".")


def entries() -> Iterator[Entry]:
    """Ours, then those of the domain packages, named in `grants.wiring.COMMANDS`."""
    yield from map(Entry, OURS)
    yield from map(Entry, wired())


def wired() -> tuple[str, ...]:
    """Addresses in the wiring, read from its source: importing it would load the whole house."""
    spec = importlib.util.find_spec("grants.wiring")
    if spec is None or spec.origin is None:
        return ()
    for node in ast.parse(Path(spec.origin).read_text("utf-8")).body:
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "COMMANDS" and node.value:
            return tuple(ast.literal_eval(node.value))
    return ()


class Tree(click.Group):
    """A group that knows its commands by name and imports one when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({entry.name for entry in entries()})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command; packages that give groups of one name have them joined into one."""
        found = [entry.load() for entry in entries() if entry.name == cmd_name]
        for other in found[1:]:
            join(found[0], other)
        return found[0] if found else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = {entry.name: entry.summary() for entry in reversed(list(entries()))}
        with formatter.section("Commands"):
            formatter.write_dl(sorted(rows.items()))


def join(first: click.Command, other: click.Command) -> None:
    if isinstance(first, click.Group) and isinstance(other, click.Group):
        for name, command in other.commands.items():
            first.add_command(command, name)


@click.group(cls=Tree, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="grants")
def tree() -> None:
    """Greenshoots 青苗: a foundation's grants from call to close-out."""


def main() -> None:
    """Exit code 0 only on success; a refusal is one sentence on standard error."""
    try:
        code = tree.main(prog_name="grants", standalone_mode=False)
    except click.Abort:
        refuse("stopped", 1)
    except click.UsageError as error:
        where = error.ctx.command_path if error.ctx else "grants"
        refuse(f"{error.format_message().rstrip('.')}; see `{where} --help`", error.exit_code)
    except click.ClickException as error:
        refuse(error.format_message(), error.exit_code)
    except Exception as error:
        if not a_refusal(error):
            raise
        refuse(sentence_of(error), 1)
    sys.exit(code if isinstance(code, int) else 0)


def refuse(sentence: str, code: int) -> NoReturn:
    click.echo(f"grants: {' '.join(sentence.split())}", err=True)
    sys.exit(code)


def a_refusal(error: Exception) -> bool:
    """True for errors that carry a sentence for the person who typed the command."""
    homes = ("grants.core.errors", "grants.config", "grants.operation.processes", "sqlalchemy.exc")
    return type(error).__module__ in homes


def sentence_of(error: Exception) -> str:
    """What a driver says takes pages; its first line is the fault, and `grants check` tells the rest."""
    fault = getattr(error, "orig", None)
    if fault is None:
        return str(error)
    return f"the database refused: {str(fault).partition(chr(10))[0]}; see `grants check`"
