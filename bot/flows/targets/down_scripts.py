"""What takes migrations back, cut and judged as it will run: on top of everything that is there."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.core.findings.review import JudgedMigration
from bot.core.migrations.history import History
from bot.core.migrations.migration import Migration
from bot.flows.reviewing.review import cut_named
from bot.world import World

Judge = Callable[[Sequence[str]], Sequence[JudgedMigration]]


def judge_of(scripts: Sequence[Migration], history: History, world: World) -> Judge:
    """Cuts those that are named, in the order given: with the locks that each of their statements
    is predicted to take, after the ones before it."""
    newest = {each.name for each in scripts}
    last = max(place for place, each in enumerate(history.migrations) if each.name in newest)
    there = history.migrations[: last + 1]

    def judge(names: Sequence[str]) -> tuple[JudgedMigration, ...]:
        wanted = [each for each in scripts if each.name in names]
        # Each is judged as if it were one more migration.
        stand_ins = tuple(
            replace(each, name=f"{there[-1].name}_down_{number:06}")
            for number, each in enumerate(wanted)
        )
        made = replace(history, migrations=(*there, *stand_ins))
        cut = cut_named([each.name for each in stand_ins], made, world)
        known = {each.migration.name: each for each in cut}
        return tuple(
            replace(known[stand_in.name], migration=each)
            for stand_in, each in zip(stand_ins, wanted, strict=True)
        )

    return judge
