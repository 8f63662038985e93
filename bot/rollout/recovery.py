"""Where to go on with a migration that an earlier run did not finish."""

from collections.abc import Sequence

from bot.core.checkpoint import Checkpoint, read_checkpoint
from bot.core.migration import AppliedMigration
from bot.errors import HistoryError
from bot.rollout.segments import Segment


def checkpoint_of(row: AppliedMigration) -> Checkpoint:
    """The checkpoint in a row that make_plan found to be ours."""
    found = read_checkpoint(row.logs)
    assert found is not None
    return found


def require_unchanged(name: str, checkpoint: Checkpoint, segments: Sequence[Segment]) -> None:
    """Raises HistoryError if what was run already is not in the text any more.

    What comes after it may have been mended: that is how a migration is finished that its data did
    not let through.
    """
    for done, segment in zip(checkpoint.done, segments, strict=False):
        if done != segment.digest:
            raise _edited(name, f"line {segment.statements[0].start.line}")
    if len(checkpoint.done) >= len(segments):
        raise _edited(name, "its end")
    following = segments[len(checkpoint.done)]
    if checkpoint.batch and (not following.batched or following.digest != checkpoint.batch.digest):
        # Its rows up to the checkpoint would be changed twice, or in two ways.
        raise _edited(name, f"line {following.statements[0].start.line}, which runs in batches")


def _edited(name: str, where: str) -> HistoryError:
    return HistoryError(
        f"{name} is applied in part, and that part was edited since, at {where}.",
        hint="Restore the text that was applied; mend only what comes after it.",
    )
