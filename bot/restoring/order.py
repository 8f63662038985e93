"""What a restore is asked for."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.core.gates.gate import Gate
from bot.core.restores.outcome import Step
from bot.core.restores.plan import How
from bot.core.targets.server import ServerFacts
from bot.core.targets.target import Target


@dataclass(frozen=True)
class Order:
    """`source` is the target that the backup is of, `target` the one it is put into, which is most
    often the same. `backup` is an id, or how one begins. `how` is None for the better way that the
    role may go.

    `of_another` says that the backup is of another database or server, and that this is meant.
    Without `owners` nobody owns anything but our role. `without_backup` is the reason why what is
    there is not backed up first; "" if it is. `require` raises if the database is not the target's.
    `gates` are told and do not stop it. `heard` is told of each step.
    """

    source: Target
    target: Target
    backup: str
    how: How | None = None
    of_another: bool = False
    owners: bool = True
    without_backup: str = ""
    require: Callable[[ServerFacts], None] = lambda facts: None
    gates: Callable[[], tuple[Gate, ...]] = tuple
    heard: Callable[[Step], None] = lambda step: None
