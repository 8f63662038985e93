"""A fleet in a terminal: what a rollout would do to its tenants, and what it did."""

from collections.abc import Callable, Iterator, Sequence

from bot.core.rollouts.survey import Look, Survey, TenantClass
from bot.core.targets.fleet_outcome import BAD, FleetOutcome, TenantResult, TenantState
from bot.report import words
from bot.report.terminal.lines import Grid, Line, drawn, line
from bot.report.terminal.status import disagrees

_MOST = 20
_MOST_HEADS = 10


def fleet_outcome_text(outcome: FleetOutcome, *, width: int = 80, colour: bool = False) -> str:
    """How a rollout to a fleet ended: by wave, the slowest, those that failed, and the heads."""
    return drawn(_outcome(outcome), width=width, colour=colour)


def survey_text(survey: Survey, *, width: int = 80, colour: bool = False) -> str:
    """The tenants by class, and those that are in none."""
    return drawn(_survey(survey), width=width, colour=colour)


def _outcome(outcome: FleetOutcome) -> Iterator[Line | Grid]:
    name = f"{outcome.target} (shard {outcome.shard})" if outcome.shard else outcome.target
    ended, style = _ending(outcome)
    took = f" in {words.duration(outcome.seconds)}"
    yield Line(((f"{name} {ended}", style), (f": {outcome.words}{took}.", "")))
    if outcome.stopped:
        yield line(outcome.stopped, indent=2)
        yield line(f"hint: {outcome.hint}", indent=2)
    yield Grid(
        ("wave", "tenants", "done", "parked", "failed", "not done"),
        tuple(_wave(name, outcome.tenants) for name in outcome.waves),
    )
    yield from _failures(outcome.of(TenantState.BEGUN, *BAD))
    if outcome.slowest:
        yield line("The slowest:", "bold")
        yield Grid(("tenant", "time", "migrations"), tuple(map(_slow, outcome.slowest)))
    yield line("Where the tenants are:", "bold")
    yield from _heads(outcome.heads)


def _ending(outcome: FleetOutcome) -> tuple[str, str]:
    if outcome.complete:
        return "is up to date", "bold green"
    return ("was stopped", "bold red") if outcome.stopped else ("is not up to date", "bold yellow")


def _wave(name: str, results: Sequence[TenantResult]) -> tuple[str, ...]:
    own = [each for each in results if each.wave == name]

    def counted(*states: TenantState) -> str:
        return f"{sum(each.state in states for each in own):,}"

    return (
        name,
        f"{len(own):,}",
        counted(TenantState.APPLIED, TenantState.CURRENT),
        counted(TenantState.PARKED),
        counted(TenantState.FAILED, TenantState.BROKEN),
        counted(TenantState.BEGUN, TenantState.WAITING),
    )


def _failures(results: Sequence[TenantResult]) -> Iterator[Line]:
    for each in results[:_MOST]:
        yield Line(
            ((f"{each.tenant} ", "bold"), (f"{each.state.value}: ", "red"), (each.message, ""))
        )
        yield line(f"hint: {each.hint}", indent=2)
    if len(results) > _MOST:
        yield line(f"and {len(results) - _MOST:,} more: `--format json` has them all")


def _slow(result: TenantResult) -> tuple[str, ...]:
    return result.tenant, words.duration(result.seconds), f"{result.applied:,}"


def _heads(heads: Sequence[tuple[str, int]]) -> Iterator[Line]:
    for name, number in heads[:_MOST_HEADS]:
        yield line(
            f"{words.count(number, 'tenant')} at {name or 'a place not looked at'}", indent=2
        )
    if len(heads) > _MOST_HEADS:
        rest = sum(number for _, number in heads[_MOST_HEADS:])
        yield line(f"{words.count(rest, 'tenant')} elsewhere", indent=2)


def _survey(survey: Survey) -> Iterator[Line | Grid]:
    tenants = words.count(len(survey.looks), "tenant")
    behind = len(survey.looks) - survey.current
    said = "all up to date" if not behind else f"{behind:,} not up to date"
    yield line(f"{survey.target}: {tenants}, {said}.", "bold" if behind else "bold green")
    if survey.waves:
        sizes = ", ".join(f"{name} {size:,}" for name, size in survey.waves)
        yield line(f"waves: {sizes}", indent=2)
    if survey.classes:
        yield Grid(
            ("tenants", "newest migration", "pending", "schema", "such as"),
            tuple(map(_class, survey.classes[:_MOST])),
        )
    yield from _odd([each for each in survey.classes if each.odd])
    yield from _named(disagrees(len(survey.disagreeing)), survey.disagreeing, _disagreement)
    yield from _named("did not answer", survey.unreachable, lambda each: each.problem)


def _class(each: TenantClass) -> tuple[str, ...]:
    return (
        f"{len(each.tenants):,}",
        each.head or "none",
        f"{len(each.pending):,}",
        each.fingerprint[:8] + (" (odd)" if each.odd else ""),
        words.listed(each.tenants),
    )


def _odd(classes: Sequence[TenantClass]) -> Iterator[Line]:
    names = [name for each in classes for name in each.tenants]
    if names:
        yield line(
            f"{words.count(len(names), 'tenant')} with a schema other than most of those with the "
            f"same migrations: {words.listed(names, limit=_MOST)}.",
            "bold yellow",
        )


def _named(what: str, looks: Sequence[Look], said: Callable[[Look], str]) -> Iterator[Line]:
    if looks:
        yield line(f"{words.count(len(looks), 'tenant')} {what}:", "bold red")
    for each in looks[:_MOST]:
        yield line(f"{each.tenant}: {said(each)}", indent=2)
    if len(looks) > _MOST:
        yield line(f"and {len(looks) - _MOST:,} more", indent=2)


def _disagreement(look: Look) -> str:
    plan = look.plan
    assert plan is not None
    if plan.unbaselined:
        return "it has tables and no migrations table"
    said = {
        "edited": plan.modified,
        "missing here": plan.missing,
        "never finished": plan.failed,
        "rolled back in part": plan.rolling_back,
        "out of order": plan.out_of_order,
    }
    return "; ".join(f"{what}: {words.listed(names)}" for what, names in said.items() if names)
