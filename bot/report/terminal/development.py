"""What was done for development beside a rollout, in a terminal."""

from collections.abc import Sequence

from bot.core.targets.creation import Created
from bot.core.targets.hooks import HookRun
from bot.report import words
from bot.report.escape import one_line
from bot.report.terminal.lines import drawn, line


def development_text(
    created: Created | None, hooks: Sequence[HookRun], *, width: int = 80, colour: bool = False
) -> str:
    """Lines below how the rollout ended; "" if there is nothing to tell."""
    lines = []
    if created is not None:
        name = one_line(created.database)
        lines.append(line(f"The database {name} was made: it was not there.", indent=2))
    for each in hooks:
        how = f"done in {words.duration(each.seconds)}" if each.problem is None else "failed"
        style = "bold red" if each.problem else ""
        lines.append(line(f"{each.name} hook ({each.what}): {how}.", style, indent=2))
    return drawn(lines, width=width, colour=colour)
