"""`restore` in a terminal: what it would do and lose, and what it has done."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

from bot.core.duration import age
from bot.core.quoting import quoted
from bot.core.restores.loss import Loss, TableLoss
from bot.core.restores.outcome import Restored
from bot.core.restores.plan import How, RestorePlan
from bot.core.restores.point_in_time import PointInTime, WayBack
from bot.report import words
from bot.report.terminal.gates import gate_lines
from bot.report.terminal.lines import Line, drawn, line

_MOST = 10


def restore_plan_text(plan: RestorePlan, *, width: int = 80, colour: bool = False) -> str:
    """What a restore would do to its target."""
    return drawn(_plan(plan), width=width, colour=colour)


def restored_text(restored: Restored, *, width: int = 80, colour: bool = False) -> str:
    """What a restore has done, and what to do next."""
    return drawn(_restored(restored), width=width, colour=colour)


def way_back_text(
    point: PointInTime, way: WayBack, *, width: int = 80, colour: bool = False
) -> str:
    """How to go back where others keep the recovery points."""
    return drawn(_way(point, way), width=width, colour=colour)


def lost_since(loss: Loss) -> str:
    """`writes after 15:31:02 UTC (2 h 4 min ago)`"""
    return f"writes after {_moment(loss.since)} ({age(loss.ago)} ago)"


def _plan(plan: RestorePlan) -> Iterator[Line]:
    where = f" into {plan.target}" if plan.elsewhere else ""
    yield line(f"{plan.source}: the backup {plan.manifest.id} would be restored{where}.", "bold")
    yield line(
        f"It has {words.count(len(plan.manifest.tables), 'table')} and "
        f"{words.count(plan.manifest.rows, 'row')} of {plan.manifest.database} on PostgreSQL "
        f"{plan.manifest.server_version}, up to {plan.manifest.migration_head or 'no migration'}.",
        indent=2,
    )
    yield from _losing(plan)
    yield from _disturbing(plan)
    yield from _order(plan)
    yield from (line(each, "yellow", indent=2) for each in plan.notes)
    yield from gate_lines(plan.gates)
    if plan.gates:
        yield line("A restore is not stopped by gates, and asks nobody's approval.", indent=2)


def _way(point: PointInTime, way: WayBack) -> Iterator[Line]:
    yield line(f"To go back to {point.words}, on {way.where}:", "bold")
    yield from (Line(((each, ""),), indent=2, wrapped=False) for each in way.commands)
    yield line(way.after)


def _losing(plan: RestorePlan) -> Iterator[Line]:
    if not plan.scene.there:
        yield line(f"There is no database {plan.scene.database} now: nothing is lost by it.")
        return
    yield line(_lost(plan), "bold red")
    if plan.loss.tables is None:
        yield line("How many rows that is could not be counted.", indent=2)
    elif not plan.loss.tables:
        yield line(
            "Every table has as many rows as in the backup. Numbers alone were compared: rows that "
            "were changed since, or came where others went, are lost too.",
            indent=2,
        )
    else:
        yield from _tables(plan.loss.tables, _table)
        yield line(
            "Numbers alone were compared: rows that were changed since, or came where others "
            "went, are lost too, and not counted here.",
            indent=2,
        )
    if plan.loss.migrations:
        number = words.count(len(plan.loss.migrations), "migration")
        yield line(f"{number} applied since will be pending again:", indent=2)
        yield from (line(each, indent=4) for each in plan.loss.migrations)


def _lost(plan: RestorePlan) -> str:
    if plan.elsewhere:
        since = f"{_moment(plan.loss.since)}, {age(plan.loss.ago)} ago"
        what = f"everything that it has now will be replaced by what {plan.source} had"
        return f"In {plan.target}, {what} ({since})."
    return f"In {plan.target}, {lost_since(plan.loss)} will be lost."


def _tables(tables: Sequence[TableLoss], words_of: Callable[[TableLoss], str]) -> Iterator[Line]:
    for each in tables[:_MOST]:
        yield line(words_of(each), indent=4)
    if len(tables) > _MOST:
        yield line(f"and {len(tables) - _MOST} more tables", indent=4)


def _table(each: TableLoss) -> str:
    if each.now is None:
        return f"{each.name}: comes back, with {words.count(each.then or 0, 'row')}"
    if each.then is None:
        return f"{each.name}: goes, with {words.count(each.now, 'row')}"
    fewer = abs(each.fewer)
    change = "fewer" if each.fewer > 0 else "more"
    return f"{each.name}: {each.now:,} rows now, {each.then:,} then ({fewer:,} {change})"


def _table_since(each: TableLoss) -> str:
    """The same once it is done: what was now is before."""
    if each.now is None:
        return f"{each.name}: is back, with {words.count(each.then or 0, 'row')}"
    if each.then is None:
        return f"{each.name}: is gone, with {words.count(each.now, 'row')}"
    change = f"{abs(each.fewer):,} {'fewer' if each.fewer > 0 else 'more'}"
    return f"{each.name}: {each.now:,} rows before, {each.then:,} now ({change})"


def _disturbing(plan: RestorePlan) -> Iterator[Line]:
    scene = plan.scene
    if not scene.connected:
        yield line("Nobody is connected.", indent=2)
        return
    verb = "will be ended" if plan.how is How.SWAP else "will wait meanwhile"
    yield line(f"{words.count(scene.connected, 'session')} {verb}:", indent=2)
    yield from (line(each.words, indent=4) for each in scene.sessions[:_MOST])


def _order(plan: RestorePlan) -> Iterator[Line]:
    name, scene = plan.scene.database, plan.scene
    steps = []
    if scene.there:
        steps.append(
            f"no backup of what is there now: {plan.without_backup}"
            if plan.without_backup
            else f"back up what is in {name} now, and prove it"
        )
    if plan.how is How.SWAP:
        steps += [
            "restore into a new database beside it; compare schema and rows with what was saved",
            f"end the sessions in {name} and let the two change places, in one transaction"
            if scene.there
            else f"give it the name {name}",
        ]
        if scene.there:
            steps.append(f"keep the old database ({words.size(scene.size)}) under another name")
    else:
        steps.append(f"empty {name}, load, compare, in one transaction")
    yield line("It would:", indent=2)
    yield from (
        Line(((each, ""),), indent=4, label=f"{place}. ") for place, each in enumerate(steps, 1)
    )


def _restored(restored: Restored) -> Iterator[Line]:
    plan, put = restored.plan, restored.put
    yield Line(
        (
            (f"{plan.target} is restored", "bold green"),
            (
                f" from {plan.manifest.id}: {words.count(put.tables, 'table')} and "
                f"{words.count(put.rows, 'row')}, compared with what was saved; "
                f"{words.duration(restored.seconds)}.",
                "",
            ),
        )
    )
    if plan.scene.there:
        since, at = _moment(plan.loss.since), _moment(put.at)
        said = (
            f"It is now what {plan.source} was at {since}."
            if plan.elsewhere
            else f"In {plan.target}, writes from {since} to {at} are lost."
        )
        yield line(said, "bold", indent=2)
        if put.lost is not None:
            yield from _tables(put.lost, _table_since)
            yield line("Rows that were changed since are lost too, and not counted.", indent=2)
    if restored.backup:
        proof = restored.backup.proof or "not proved"
        yield line(f"What was there before: backup {restored.backup.id}, {proof}.", indent=2)
    yield from (line(each, "bold red", indent=2) for each in restored.problems)
    yield from _next(restored)


def _next(restored: Restored) -> Iterator[Line]:
    plan, put = restored.plan, restored.put
    if put.kept and plan.scene.subscriptions:
        yield line(
            f"Subscriptions go on in {put.kept}. Connect to it and stop them:",
            "bold yellow",
            indent=2,
        )
        for each in plan.scene.subscriptions:
            said = f"ALTER SUBSCRIPTION {quoted(each)} DISABLE;"
            yield Line(((said, ""),), indent=4, wrapped=False)
    if put.kept:
        yield line(f"The old database is kept as {put.kept}. When nobody needs it:", indent=2)
        yield Line(((f"DROP DATABASE {quoted(put.kept)};", ""),), indent=4, wrapped=False)
    if restored.pending:
        number = words.count(len(restored.pending), "migration")
        verb, them = ("is", "it") if len(restored.pending) == 1 else ("are", "them")
        yield line(f"{number} {verb} pending again:", "bold yellow", indent=2)
        yield from (line(each, indent=4) for each in restored.pending)
        yield line(
            f"The next deploy would apply {them} again. Before it, take {them} out of the history, "
            f"or mend {them}: in git, with a pull request.",
            indent=2,
        )
    yield line(f"Next: `migration-bot status {plan.target}`", indent=2)


def _moment(moment: datetime) -> str:
    """With the day, unless it is read on that day anyway: a restore is read at night."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
