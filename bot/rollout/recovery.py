"""Where to go on with a migration that an earlier run did not finish."""

from collections.abc import Sequence

from bot.core.migrations.migration import AppliedMigration
from bot.core.migrations.statement import Statement
from bot.core.rollouts.checkpoint import Checkpoint, Intent, read_checkpoint
from bot.errors import HistoryError, PostgresError
from bot.rollout.outside.alone import outside_of
from bot.rollout.outside.outside import State
from bot.rollout.segments import Segment
from bot.sql.parse import parse
from bot.world import Database


def checkpoint_of(row: AppliedMigration) -> Checkpoint:
    """The checkpoint in a row that make_plan found to be ours."""
    found = read_checkpoint(row.logs)
    assert found is not None
    return found


def require_unchanged(name: str, checkpoint: Checkpoint, segments: Sequence[Segment]) -> None:
    """Raises HistoryError if what was run already is not in the text any more.

    What comes after it may have been mended, though not taken out whole: that is how a migration is
    finished that its data did not let through.
    """
    for done, segment in zip(checkpoint.done, segments, strict=False):
        if done != segment.digest:
            raise _edited(name, f"line {segment.line}")
    if not segments and not checkpoint.done:
        return
    if len(checkpoint.done) >= len(segments):
        raise _edited(name, "its end")
    following = segments[len(checkpoint.done)]
    if checkpoint.batch and (not following.batched or following.digest != checkpoint.batch.digest):
        # Its rows up to the checkpoint would be changed twice, or in two ways.
        raise _edited(name, f"line {following.statements[0].start.line}, which runs in batches")


def still_intended(
    name: str, checkpoint: Checkpoint, segments: Sequence[Segment], database: Database
) -> Intent | None:
    """The intent of an earlier run if its statement is the next to run; None if there is none.

    An earlier text that was begun, and then edited or taken out, is taken back first. Raises
    PostgresError while the session of the earlier run is still at it, HistoryError if the earlier
    text was done.
    """
    intent = checkpoint.intent
    if intent is None or intent.segment != checkpoint.steps:
        return None
    if database.alive(intent.pid, intent.backend_start) and database.session()[0] != intent.pid:
        raise PostgresError(
            f"{name}: the session of an earlier run (process {intent.pid}) is still at "
            f"{intent.sql}.",
            hint="Let it end, or end it with pg_terminate_backend, then run this again.",
            sqlstate="55006",
        )
    following = segments[checkpoint.steps] if checkpoint.steps < len(segments) else None
    if following and not following.transactional and following.statements[0].sql == intent.sql:
        return intent
    _take_back(name, intent, following, database)
    return None


def _take_back(name: str, intent: Intent, following: Segment | None, database: Database) -> None:
    (earlier,) = parse(intent.sql).statements
    settings = () if following is None else tuple(each.sql for each in following.settings)
    outside = outside_of(earlier, settings)
    if outside is None:
        return
    if outside.state(database, intent.there) is State.HALF:
        outside.mend(database, intent.there)
    state = outside.state(database, intent.there)
    if state is State.HALF and not _drops_the_same(earlier, following):
        raise HistoryError(
            f"{name}: this was broken off half-way before its text was changed, and PostgreSQL "
            f"does not use that index any more: {intent.sql}.",
            hint="To be rid of the index, restore that statement; to keep it, run `REINDEX INDEX "
            "CONCURRENTLY` for it by hand. Then run this again.",
        )
    if state is State.DONE:
        raise HistoryError(
            f"{name}: this was done already before its text was changed: {intent.sql}.",
            hint="Restore that statement, and put the change into a statement after it.",
        )


def _drops_the_same(earlier: Statement, following: Segment | None) -> bool:
    """Whether what comes in its place ends what it has begun: another way to drop the index."""
    statements = () if following is None else following.statements
    return any(
        each.kind == "DROP INDEX" and each.tree.get("objects") == earlier.tree.get("objects")
        for each in statements
    )


def _edited(name: str, where: str) -> HistoryError:
    return HistoryError(
        f"{name} is applied in part, and that part was edited since, at {where}.",
        hint="Restore the text that was applied; mend only what comes after it.",
    )
