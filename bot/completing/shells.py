"""The shells that can be answered, and what each is to read when it starts."""

from collections.abc import Mapping

import click
from click.shell_completion import (
    BashComplete,
    FishComplete,
    ShellComplete,
    ZshComplete,
)

from bot.completing import VARIABLE

PROGRAM = "migration-bot"


class Bash(BashComplete):
    """bash cuts `--target=st` into three words."""

    def get_completion_args(self) -> tuple[list[str], str]:
        arguments, typed = super().get_completion_args()
        return [each for each in arguments if each != "="], "" if typed == "=" else typed


SHELLS: Mapping[str, type[ShellComplete]] = {
    "bash": Bash,
    "zsh": ZshComplete,
    "fish": FishComplete,
}


def script_for(shell: str) -> str:
    return SHELLS[shell](click.Command(PROGRAM), {}, PROGRAM, VARIABLE).source()


def answered(shell: str, command: click.Command) -> str:
    """What the shell may go on with; it tells what was typed in its own variables."""
    return SHELLS[shell](command, {}, PROGRAM, VARIABLE).complete()
