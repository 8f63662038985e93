"""`fix` in a terminal: what was rewritten, what stays, and whether it is proved."""

from collections.abc import Iterable, Iterator, Sequence
from difflib import unified_diff

from bot.core.findings.finding import Severity
from bot.core.findings.fixed import FixedMigration, Fixing, Left
from bot.core.rollouts.trial import Comparison
from bot.report.terminal.lines import Line, drawn, line
from bot.report.words import count, listed

_STYLES = {"+": "green", "-": "red", "@": "cyan"}


def fix_text(
    fixing: Fixing,
    comparison: Comparison | None,
    *,
    unproved: str,
    notes: Sequence[str] = (),
    dry_run: bool = False,
    width: int = 80,
    colour: bool = False,
) -> str:
    lines = _all(fixing, comparison, unproved, notes, dry_run=dry_run)
    return drawn(lines, width=width, colour=colour)


def _all(
    fixing: Fixing,
    comparison: Comparison | None,
    unproved: str,
    notes: Sequence[str],
    *,
    dry_run: bool,
) -> Iterator[Line]:
    if dry_run:
        for fixed in fixing.changed:
            yield from _diff(fixed)
    for fixed in fixing.migrations:
        yield from _migration(fixed, dry_run=dry_run)
    for note in notes:
        yield line(note)
    yield from _end(fixing, comparison, unproved, dry_run=dry_run)


def _diff(fixed: FixedMigration) -> Iterator[Line]:
    """Against the folder it was, and nothing for those that are new."""
    for n, after in enumerate(fixed.after):
        old = fixed.before.sql if n == 0 else ""
        path = fixed.before.path if n == 0 else "/dev/null"
        if n == 0 and after == fixed.before:
            continue
        for text in unified_diff(
            old.splitlines(), after.sql.splitlines(), path, after.path, lineterm=""
        ):
            yield Line(((text, _STYLES.get(text[:1], "")),), wrapped=False)
        yield line()


def _migration(fixed: FixedMigration, *, dry_run: bool) -> Iterator[Line]:
    stays = [each for each in fixed.left if each.finding.severity is not Severity.NOTICE]
    if not fixed.changed and not stays:
        return
    yield Line(((fixed.before.name, "bold"),), wrapped=False)
    if fixed.changed:
        verb = "would be" if dry_run else "is"
        yield line(f"{verb} rewritten for {listed(fixed.settled)}.", indent=2)
    if len(fixed.after) > 1:
        yield line(f"It {'would become' if dry_run else 'is now'} these folders:", indent=2)
        for each in fixed.after:
            yield Line(((each.name, ""),), indent=4, wrapped=False)
    for todo in fixed.todos:
        yield Line((("yours to do:", "bold yellow"), (f" {todo}", "")), indent=2)
    for alike in _alike(stays):
        yield from _left(alike)
    yield line()


def _alike(stays: Iterable[Left]) -> Iterable[list[Left]]:
    """Those of one rule that stay for one reason together."""
    found: dict[tuple[str, str, Severity], list[Left]] = {}
    for left in stays:
        key = (left.finding.rule, left.reason, left.finding.severity)
        found.setdefault(key, []).append(left)
    return found.values()


def _left(alike: Sequence[Left]) -> Iterator[Line]:
    left, finding = alike[0], alike[0].finding
    style = "bold red" if finding.severity is Severity.ERROR else "bold yellow"
    pieces = (finding.severity.value, style), (f" {finding.rule} stays: {left.reason}.", "")
    yield Line(pieces, indent=2)
    for each in alike:
        yield line(each.finding.message, indent=4)


def _end(
    fixing: Fixing, comparison: Comparison | None, unproved: str, *, dry_run: bool
) -> Iterator[Line]:
    if not fixing.changed:
        left = any(each.left for each in fixing.migrations)
        yield line("Nothing was rewritten." if left else "There is nothing to rewrite.")
        return
    if comparison is not None and comparison.proved:
        yield line(f"Proved on {comparison.server}: the schema in the end is the same.", "green")
    else:
        yield line(f"Not proved that the schema in the end is the same: {unproved}.", "yellow")
    folders = count(sum(len(each.after) for each in fixing.changed), "folder")
    if dry_run:
        yield line("Nothing was written.")
    else:
        yield line(f"{folders} written; read them, then commit them.")
