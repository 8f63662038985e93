"""`rollback` in a terminal: what would be taken back and how, and what came of it."""

from collections.abc import Iterator

from bot.core.rollouts.progress import Progress
from bot.core.rollouts.rollback import what_git_needs
from bot.core.rollouts.rollback_steps import Rollback, RollbackStep
from bot.report import words
from bot.report.terminal.gates import gate_lines
from bot.report.terminal.lines import Line, drawn, line
from bot.report.terminal.rollout import outcome_text


def rollback_text(rollback: Rollback, *, width: int = 80, colour: bool = False) -> str:
    """What a rollback would do to a target: scripts, what they lose, gates, digest."""
    return drawn(_planned(rollback), width=width, colour=colour)


def rolled_back_text(
    rollback: Rollback, progress: Progress, *, width: int = 80, colour: bool = False
) -> str:
    """How it ended, and what is left to do."""
    said = outcome_text(progress, width=width, colour=colour)
    if not progress.migrations:
        return said
    return said + drawn([line(_in_git(rollback), indent=2)], width=width, colour=colour)


def _planned(rollback: Rollback) -> Iterator[Line]:
    target = rollback.target.name
    if not rollback.steps:
        yield line(f"{target}: nothing is to be taken back.", "bold green")
        return
    number = words.count(len(rollback.steps), "migration")
    yield line(f"{target}: {number} to take back, the newest first.", "bold")
    for each in rollback.steps:
        yield from _step(each)
    if not rollback.stuck:
        yield from _what_stays(rollback)
    yield from gate_lines(rollback.gates)
    if not rollback.stuck:
        yield Line(((f"Plan digest {rollback.plan.digest}", "dim"),), wrapped=False)
        yield line(_in_git(rollback))
    for each in rollback.steps:
        yield from _script(each)


def _step(step: RollbackStep) -> Iterator[Line]:
    yield line(step.migration.name, indent=2)
    if step.script is None:
        yield line(f"restore only: {step.why}.", "bold red", indent=4)
        return
    yield line(_whose(step), indent=4)
    for each in step.loses:
        yield _item("loses", each, "yellow")
    for each in step.kept:
        yield _item("gives back", each)
    for each in step.lost:
        yield _item("does not bring back", f"{each}, which the migration destroyed", "yellow")


def _item(does: str, what: str, style: str = "") -> Line:
    return Line(line(what, style).pieces, indent=4, label=f"{does} ")


def _whose(step: RollbackStep) -> str:
    written = "by a draft" if step.drafted else "by its down.sql"
    if step.unproved:
        return f"{written}, not proved: {step.unproved.rstrip('.')}"
    return f"{written}, proved just now: down, the schema is as before, and up again"


def _what_stays(rollback: Rollback) -> Iterator[Line]:
    target, to = rollback.target.name, rollback.chosen.to
    if to is None:
        yield line("No migration stays applied.")
        return
    yield line(f"{to} stays as the last. If this is broken off, go on with:")
    yield Line(((f"migration-bot rollback {target} --to {to}", ""),), 2, wrapped=False)


def _script(step: RollbackStep) -> Iterator[Line]:
    if step.script is None:
        return
    yield line()
    yield line(f"-- {step.script.path}{' (drafted)' if step.drafted else ''}", "bold")
    for text in step.script.sql.rstrip("\n").split("\n"):
        yield Line(((text.rstrip("\r"), ""),), wrapped=False)


def _in_git(rollback: Rollback) -> str:
    names = [each.migration.name for each in rollback.steps]
    return what_git_needs(names, rollback.history.folder, rollback.target.name)
