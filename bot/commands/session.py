"""What every command line starts from: the global options, and the world they lead to."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import click

from bot.world import World


@dataclass(frozen=True)
class Options:
    """The global options, before anything was read. `verbosity` is -1 (quiet), 0 or more.

    `verb` is what was asked for.
    """

    config: str | None = None
    migrations: str | None = None
    colour: bool = True
    verbosity: int = 0
    verb: str = ""


class Session:
    """Builds the world when a command asks for it, and not for `--help`."""

    def __init__(self, options: Options, build: Callable[[Options], World]) -> None:
        self.options = options
        self._build = build

    @cached_property
    def world(self) -> World:
        return self._build(self.options)


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
