"""`rollback` in a terminal: what would be taken back and how, and what came of it."""

from collections.abc import Iterator

from bot.core.rollouts.progress import Progress
from bot.core.rollouts.rollback import what_git_needs
from bot.core.rollouts.undoing import Rollback, Undo
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
    if not rollback.undos:
        yield line(f"{target}: nothing is to be taken back.", "bold green")
        return
    number = words.count(len(rollback.undos), "migration")
    yield line(f"{target}: {number} to take back, the newest first.", "bold")
    for each in rollback.undos:
        yield from _undo(each)
    if not rollback.stuck:
        yield from _what_stays(rollback)
    yield from gate_lines(rollback.gates)
    if not rollback.stuck:
        yield Line(((f"Plan digest {rollback.plan.digest}", "dim"),), wrapped=False)
        yield line(_in_git(rollback))
    for each in rollback.undos:
        yield from _script(each)


def _undo(undo: Undo) -> Iterator[Line]:
    yield line(undo.migration.name, indent=2)
    if undo.script is None:
        yield line(f"restore only: {undo.why}.", "bold red", indent=4)
        return
    yield line(_whose(undo), indent=4)
    for each in undo.loses:
        yield _item("loses", each, "yellow")
    for each in undo.kept:
        yield _item("gives back", each)
    for each in undo.lost:
        yield _item("does not bring back", f"{each}, which the migration destroyed", "yellow")


def _item(does: str, what: str, style: str = "") -> Line:
    return Line(line(what, style).pieces, indent=4, label=f"{does} ")


def _whose(undo: Undo) -> str:
    written = "by a draft" if undo.drafted else "by its down.sql"
    if undo.unproved:
        return f"{written}, not proved: {undo.unproved.rstrip('.')}"
    return f"{written}, proved just now: down, the schema is as before, and up again"


def _what_stays(rollback: Rollback) -> Iterator[Line]:
    target, to = rollback.target.name, rollback.chosen.to
    if to is None:
        yield line("No migration stays applied.")
        return
    yield line(f"{to} stays as the last. If this is broken off, go on with:")
    yield Line(((f"migration-bot rollback {target} --to {to}", ""),), 2, wrapped=False)


def _script(undo: Undo) -> Iterator[Line]:
    if undo.script is None:
        return
    yield line()
    yield line(f"-- {undo.script.path}{' (drafted)' if undo.drafted else ''}", "bold")
    for text in undo.script.sql.rstrip("\n").split("\n"):
        yield Line(((text.rstrip("\r"), ""),), wrapped=False)


def _in_git(rollback: Rollback) -> str:
    names = [each.migration.name for each in rollback.undos]
    return what_git_needs(names, rollback.history.folder, rollback.target.name)
