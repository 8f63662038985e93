"""Which change a command is about: a branch's, what is staged, or everything there is."""

from dataclasses import dataclass

import click

from bot.core.migrations.history import Change
from bot.errors import UsageError
from bot.world import World

base_option = click.option("--base", metavar="REF", help="Compare with this branch or commit.")
staged_option = click.option(
    "--staged", is_flag=True, help="Judge what is staged, and not what lies in the working tree."
)


@dataclass(frozen=True)
class Asked:
    """What the options say. Raises UsageError for two that exclude each other."""

    base: str | None = None
    everything: bool = False
    staged: bool = False

    def __post_init__(self) -> None:
        if self.everything and (self.base or self.staged):
            other = "--base" if self.base else "--staged"
            raise UsageError(
                f"{other} and --all exclude each other.",
                hint=f"Use {other} to compare with a branch, or --all to compare with nothing.",
            )

    def change(self, world: World) -> Change:
        now, checkout = world.now(), world.checkout
        if self.everything:
            return checkout.everything(now)
        if self.staged:
            return checkout.staged(self.base, now)
        return checkout.change(self.base, now)
