"""`resolve` and `baseline` in a terminal: what was marked, what stays, and what comes next."""

from collections.abc import Iterator, Sequence

from bot.core.rollouts.plan import Plan
from bot.core.rollouts.resolution import Baseline, Mark, Resolved
from bot.core.rollouts.status import Details, Fragment, Halt
from bot.report import words
from bot.report.terminal.lines import Line, drawn, line
from bot.report.terminal.status import disagreement_lines, halt_lines

_MOST = 20


def resolved_text(resolved: Resolved, *, width: int = 80, colour: bool = False) -> str:
    return drawn(_resolved(resolved), width=width, colour=colour)


def baseline_text(found: Baseline, *, width: int = 80, colour: bool = False) -> str:
    """What a baseline would mark, or what it has marked."""
    return drawn(_baseline(found), width=width, colour=colour)


def _resolved(resolved: Resolved) -> Iterator[Line]:
    target = resolved.plan.target
    said = resolved.mark.value.replace("_", " ")
    if not resolved.changed:
        yield line(f"{target}: {resolved.name} is {said} already; nothing was changed.", "bold")
    else:
        yield line(f"{target}: {resolved.name} is marked as {said}.", "bold green")
        if resolved.halt is not None:
            yield from _halt(resolved.halt, resolved.mark)
    yield from _next(resolved.plan, resolved.details)


def _halt(halt: Halt, mark: Mark) -> Iterator[Line]:
    """What the mark does not change: part of the migration is there, and part is not."""
    if halt.problem:
        parts = words.count(halt.done, "part")
        yield line(f"{parts} of it had been applied and stay; which is not known:", indent=2)
        yield line(halt.problem, indent=4)
        return
    if mark is Mark.ROLLED_BACK:
        if not halt.kept:
            yield line("Nothing of it had been applied.", indent=2)
            return
        yield line("This was applied and stays in the database; take it back by hand:", indent=2)
        yield from _fragments(halt.kept)
    elif halt.left:
        yield line("This was not applied, and no rollout will apply it now:", indent=2)
        yield from _fragments(halt.left)


def _fragments(fragments: Sequence[Fragment]) -> Iterator[Line]:
    for each in fragments[:_MOST]:
        yield Line(((f"line {each.line}: ", "dim"), (words.clipped(each.sql, 60), "")), indent=4)
    if len(fragments) > _MOST:
        yield line(f"and {len(fragments) - _MOST} more", indent=4)


def _baseline(found: Baseline) -> Iterator[Line]:
    number = words.count(len(found.marked), "migration")
    if not found.marked:
        yield line(f"{found.target}: everything up to {found.to} is applied already.", "bold green")
    elif found.done:
        yield line(f"{found.target}: {number} marked as applied.", "bold green")
    else:
        yield line(f"{found.target}: {number} would be marked as applied.", "bold")
    yield from (line(each.name, indent=2) for each in found.marked[:_MOST])
    if len(found.marked) > _MOST:
        yield line(f"and {len(found.marked) - _MOST} more, up to {found.to}", indent=2)
    if found.replaced:
        replaced = words.count(len(found.replaced), "older migration")
        yield line(f"It replaces {replaced}, whose rows stay as they are.", indent=2)
    if found.marked:
        yield from _check(found)
    if found.done or not found.marked:
        yield from _next(found.plan, found.details)


def _check(found: Baseline) -> Iterator[Line]:
    check = found.check
    if check.same:
        yield line("The schema is what these migrations make.", "green")
    elif check.problem:
        yield line("The schema was not compared with what these migrations make:", "bold yellow")
        yield line(check.problem, indent=2)
    else:
        yield line("The schema differs from what these migrations make:", "bold red")
        yield from (line(each, indent=2) for each in check.differences[:_MOST])
        if len(check.differences) > _MOST:
            yield line(f"and {len(check.differences) - _MOST} more", indent=2)


def _next(plan: Plan, details: Details) -> Iterator[Line]:
    yield from halt_lines(plan, details)
    yield from disagreement_lines(plan, details)
    if not plan.agrees:
        return
    if plan.pending:
        number = words.count(len(plan.pending), "migration")
        verb = "is" if len(plan.pending) == 1 else "are"
        yield line(f"Next: {number} {verb} pending. `migration-bot apply {plan.target}`")
    else:
        yield line(f"{plan.target} is up to date.")
