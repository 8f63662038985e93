"""Says before a rollout what it will keep, and deletes after it what has had its time."""

from collections.abc import Sequence

from bot.core.findings.review import JudgedMigration
from bot.core.kept.kept import Keep
from bot.core.targets.target import Target
from bot.errors import PostgresError
from bot.rollout.keeping.keeper import Keeper, Say
from bot.rollout.reconnecting import was_lost
from bot.world import Database


def tell_prospects(
    judged: Sequence[JudgedMigration], database: Database, target: Target, *, say: Say, note: Say
) -> None:
    """What is going to be kept is said; what is not is a note, which stays in the report."""
    for migration in judged:
        name = migration.migration.name
        try:
            prospects = Keeper(migration, database, target, say).prospects()
        except PostgresError as error:
            if was_lost(error):
                raise
            note(f"{name}: whether what it destroys is kept shows only later: {error.message}")
            continue
        for each in prospects:
            if isinstance(each, Keep):
                say(f"to be kept: {name}, {each}")
            else:
                note(f"not kept: {name}, {each}")


def prune(database: Database, say: Say) -> None:
    """What cannot be deleted now is deleted by the next rollout: this one is done."""
    try:
        gone = database.prune_kept()
    except PostgresError as error:
        say(f"kept rows that have had their time were left: {error.message}")
        return
    for each in gone:
        say(f"deleted what was kept of {each.migration} until {each.until:%Y-%m-%d}: {each.shelf}")
