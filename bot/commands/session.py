"""What every command line starts from: the global options, and the world they lead to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import click

from bot.errors import ExitCode

# What a world consists of takes most of the time of a start, and `--help` needs none.
if TYPE_CHECKING:
    from bot.world import World


@dataclass(frozen=True)
class Options:
    """The global options, before anything was read. `verbosity` is -1 (quiet), 0 or more.

    `verb` is what was asked for, `database` the one of several that it is about.
    """

    config: str | None = None
    migrations: str | None = None
    colour: bool = True
    verbosity: int = 0
    verb: str = ""
    database: str | None = None


class Session:
    """Builds the worlds when a command asks for them, and not for `--help`."""

    def __init__(self, options: Options, build: Callable[[Options], "Sequence[World]"]) -> None:
        self.options = options
        self._build = build

    @cached_property
    def worlds(self) -> "Sequence[World]":
        """One for each database of the repository, or for the chosen one."""
        return self._build(self.options)

    @property
    def every_world(self) -> "Sequence[World]":
        """Also those that were not chosen: what must not be touched is looked for in all."""
        if not self.worlds[0].settings.database:
            return self.worlds
        return self._build(replace(self.options, database=None, migrations=None))

    @property
    def world(self) -> "World":
        from bot.world.choosing import only

        return only(self.worlds)

    def world_of(self, target: str) -> "World":
        """The one of the database that has the target, which may be FLEET/TENANT too."""
        from bot.world.choosing import world_with

        return world_with(target, self.worlds)

    def for_each(
        self, work: "Callable[[World], ExitCode]", *, form: str = "text", target: str | None = None
    ) -> ExitCode:
        """Do it for one database after the other, or for the one that the target is of; the gravest
        exit code. What machines read is about one database."""
        if form != "text":
            return work(self.world_of(target) if target else self.world)
        worlds = [self.world_of(target)] if target else self.worlds
        codes = []
        for world in worlds:
            if len(worlds) > 1:
                world.console.show(f"Database {world.settings.database}")
            codes.append(work(world))
        return max(codes)


pass_session = click.make_pass_decorator(Session)

Command = TypeVar("Command", bound=Callable[..., object])


def format_option(*formats: str) -> Callable[[Command], Command]:
    """`--format`, the same on every command that has one."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(formats),
        default=formats[0],
        show_default=True,
        help="How to write the result.",
    )


# The same on every command that carries out a plan.
dry_run_option = click.option(
    "--dry-run", is_flag=True, help="Stop at the plan; nothing is changed."
)
expect_digest_option = click.option(
    "--expect-digest", metavar="sha256:…", help="Refuse to carry out any other plan than this one."
)
generate_option = click.option(
    "--generate/--no-generate",
    default=None,
    help="Run the generate hook afterwards, or do not. By default development targets have it run.",
)
log_option = click.option(
    "--log",
    metavar="FILE",
    help="Add a line of JSON to FILE for each thing that happens; MIGRATION_BOT_LOG does the same.",
)


def logged(world: "World", log: str | None) -> "World":
    """The world with the log that `--log` asks for."""
    return world if log is None else replace(world, log=world.log.at(log))
