"""A fleet's rollout in Markdown, for a job's summary."""

from bot.core.targets.fleet_outcome import BAD, FleetOutcome, TenantState
from bot.report import words
from bot.report.template import render

_MOST = 50


def render_fleet(outcome: FleetOutcome) -> str:
    return render(
        "fleet.md.j2",
        sign="✅" if outcome.complete else "❌",
        title=f"{outcome.target}{f' (shard {outcome.shard})' if outcome.shard else ''}",
        said=f"{outcome.words} in {words.duration(outcome.seconds)}",
        outcome=outcome,
        waves=[_wave(name, outcome) for name in outcome.waves],
        failures=outcome.of(*BAD)[:_MOST],
        more=max(0, len(outcome.of(*BAD)) - _MOST),
        slowest=[(each.tenant, words.duration(each.seconds)) for each in outcome.slowest],
        heads=[(name or "not looked at", number) for name, number in outcome.heads],
    )


def _wave(name: str, outcome: FleetOutcome) -> tuple[str, tuple[int, ...]]:
    own = [each for each in outcome.tenants if each.wave == name]

    def counted(*states: TenantState) -> int:
        return sum(each.state in states for each in own)

    numbers = (
        len(own),
        counted(TenantState.APPLIED, TenantState.CURRENT),
        counted(TenantState.PARKED),
        counted(TenantState.FAILED, TenantState.BROKEN),
        counted(TenantState.BEGUN, TenantState.WAITING),
    )
    return name, numbers
