"""All targets at a glance: a table, or a list where there is no room for one, and one sentence."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.core.drift.look import DriftState, Look
from bot.core.duration import age, duration
from bot.core.gates.gate import closed
from bot.core.rollouts.last import LastDrift
from bot.core.rollouts.status import TargetStatus
from bot.report import words
from bot.report.drift.words import state_words
from bot.report.terminal.lines import Grid, Line, line

# Below the one a table becomes a list, from the other on it has room for what happened last.
NARROW = 60
_WIDE = 110
# What others may have written into a row of a target.
_LONGEST = 40


def overview(statuses: Sequence[TargetStatus], width: int) -> Iterator[Line | Grid]:
    """In the order of the targets."""
    if width < NARROW:
        yield from _listed(statuses)
    else:
        wide = width >= _WIDE
        yield _table(statuses, wide=wide)
        if not wide:
            yield from _happened(statuses)
    if len(statuses) > 1:
        yield line()
        yield _sentence(statuses)
        for each in statuses:
            if each.unset:
                yield line(f"{each.target} was not looked at: {each.problem}.", "dim")


def is_wrong(status: TargetStatus) -> bool:
    """Whether somebody has to do something before the next rollout."""
    if status.plan is None:
        return not status.unset
    fleet = status.fleet is not None and bool(status.fleet.unreachable or status.fleet.disagreeing)
    return fleet or _has_drifted(status) or not status.plan.agrees or bool(status.plan.interrupted)


def is_ready(status: TargetStatus) -> bool:
    """Whether a rollout would begin, and has something to do."""
    plan = status.plan
    if plan is None or not plan.pending or status.lock_holder:
        return False
    return not is_wrong(status) and plan.squash is None and not closed(status.gates)


def _has_drifted(status: TargetStatus) -> bool:
    return status.look is not None and status.look.state is DriftState.DRIFTED


def _sentence(statuses: Sequence[TargetStatus]) -> Line:
    """What somebody wants to know who was woken for it."""
    wrong = [each.target for each in statuses if is_wrong(each)]
    if wrong:
        verb = "needs" if len(wrong) == 1 else "need"
        return line(f"{words.listed(wrong)} {verb} somebody.", "bold red")
    known = [each for each in statuses if each.plan is not None]
    if not known:
        return line("None of them can be looked at from here.", "bold yellow")
    behind = [each.target for each in known if each.plan and each.plan.pending]
    if behind:
        return line(f"Nothing is wrong; something is pending on {words.listed(behind)}.")
    skipped = " that is configured here" if len(known) < len(statuses) else ""
    return line(f"Everything{skipped} is up to date.", "green")


def _table(statuses: Sequence[TargetStatus], *, wide: bool) -> Grid:
    """With what is known of drift, and of what happened last where there is room for it."""
    head: tuple[str, ...] = ("target", "kind", "applied", "pending", "failed", "state")
    rows = [_row(each) for each in statuses]
    if any(map(_drift, statuses)):
        head = (*head, "drift")
        rows = [(*row, _drift(each)) for row, each in zip(rows, statuses, strict=True)]
    if wide and any(each.rollout or each.backup for each in statuses):
        head = (*head, "last rollout", "last backup")
        rows = [
            (*row, _rollout(each), _backup(each)) for row, each in zip(rows, statuses, strict=True)
        ]
    return Grid(head, tuple(rows), styles=tuple(map(_style, statuses)))


def _listed(statuses: Sequence[TargetStatus]) -> Iterator[Line]:
    """A target after the other, where a table would break every cell."""
    for each in statuses:
        _, kind, applied, pending, failed, state = _row(each)
        yield line(f"{each.target} ({kind})", "bold")
        yield line(state, _style(each), indent=2)
        if each.plan is not None:
            more = f", {failed} failed" if each.plan.failed else ""
            yield line(f"{applied} applied, {pending} pending{more}", indent=2)
        if drift := _drift(each):
            yield line(f"drift: {drift}", indent=2)
        for happened in _last(each):
            yield line(happened, indent=2)


def _happened(statuses: Sequence[TargetStatus]) -> Iterator[Line]:
    """What happened last, below a table that has no room for it."""
    known = [each for each in statuses if each.rollout or each.backup]
    if known:
        yield line()
    for each in known:
        yield line(f"{each.target}: {'; '.join(_last(each))}")


def _last(status: TargetStatus) -> Iterator[str]:
    if status.rollout is not None:
        yield f"last rollout {_rollout(status)}"
    if status.backup is not None or status.proves:
        yield f"last backup {_backup(status)}"


def _rollout(status: TargetStatus) -> str:
    """`2 h 4 min ago, applied in 12.0 s by ada`."""
    last = status.rollout
    if last is None:
        return "" if status.plan is None or status.fleet else "none"
    took = f" in {duration(last.seconds)}" if last.seconds is not None else ""
    by = f" by {words.clipped(last.by, _LONGEST)}" if last.by else ""
    return f"{_ago(last.at, status)}, {words.clipped(last.state, _LONGEST)}{took}{by}"


def _backup(status: TargetStatus) -> str:
    """`3 d 2 h ago, proved (restore)`."""
    last = status.backup
    if last is None:
        return "none known" if status.proves else ""
    proof = f"proved ({last.level})" if last.fine else "proved to differ"
    return f"{_ago(last.at, status)}, {proof}"


def _drift(status: TargetStatus) -> str:
    """What a look found now, or what the last rollout saw."""
    if status.look is not None:
        return _looked(status.look)
    return _seen(status.drift, status) if status.drift is not None else ""


def _looked(look: Look) -> str:
    return "none" if look.state is DriftState.CLEAN else state_words(look)


def _seen(drift: LastDrift, status: TargetStatus) -> str:
    number = words.count(len(drift.differences), "difference")
    return f"{number}, {_ago(drift.at, status)}"


def _ago(at: datetime, status: TargetStatus) -> str:
    return words.time(at) if status.now is None else f"{age(status.now - at)} ago"


def _style(status: TargetStatus) -> str:
    """Red is for what needs somebody, yellow for what waits, dim for what is not known."""
    if is_wrong(status):
        return "bold red"
    if status.plan is None:
        return "dim"
    return "yellow" if status.lock_holder or (status.plan.pending and not is_ready(status)) else ""


def _row(status: TargetStatus) -> tuple[str, ...]:
    plan = status.plan
    if plan is None:
        state = "not configured" if status.unset else "could not be read"
        return status.target, status.kind.value, "?", "?", "?", state
    numbers = (len(each) for each in (plan.applied, plan.pending, plan.failed))
    return status.target, status.kind.value, *(f"{each:,}" for each in numbers), _state(status)


def _state(status: TargetStatus) -> str:
    plan = status.plan
    assert plan is not None
    if status.lock_holder:
        return "a rollout is running"
    if plan.unbaselined:
        return "needs a baseline"
    if plan.squash is not None:
        return "needs its squash marked"
    if plan.failed:
        return "a migration failed"
    if plan.rolling_back:
        return "rolled back in part"
    if not plan.agrees:
        return "disagrees with the history"
    if plan.interrupted:
        return "interrupted"
    if not plan.pending:
        return "up to date"
    shut = closed(status.gates)
    if shut:
        return f"on hold: {words.listed(gate.name for gate in shut)}"
    return "ready" if plan.applied else "never applied"
