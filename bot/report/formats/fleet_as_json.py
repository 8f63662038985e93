"""A fleet as JSON, every tenant of it; the fields are a contract."""

from bot.core.rollouts.status import Details
from bot.core.rollouts.survey import Look, Survey, TenantClass
from bot.core.targets.fleet_outcome import FleetOutcome, TenantResult
from bot.report.formats.as_json import Json
from bot.report.formats.standings_as_json import standings_json


def fleet_outcome_json(outcome: FleetOutcome) -> Json:
    """What `apply --format json` adds for a fleet."""
    return {
        "shard": outcome.shard,
        "complete": outcome.complete,
        "exit_code": int(outcome.exit_code),
        "stopped": outcome.stopped,
        "interrupted": outcome.interrupted,
        "waves": list(outcome.waves),
        "heads": [{"migration": name, "tenants": count} for name, count in outcome.heads],
        "slowest": [each.tenant for each in outcome.slowest],
        "tenants": [_tenant(each) for each in outcome.tenants],
    }


def survey_json(survey: Survey) -> Json:
    """What `plan` and `status` add for a fleet."""
    return {
        "tenants": len(survey.looks),
        "current": survey.current,
        "waves": [{"name": name, "tenants": size} for name, size in survey.waves],
        "classes": [_class(each) for each in survey.classes],
        "disagreeing": [_look(each) for each in survey.disagreeing],
        "unreachable": [_look(each) for each in survey.unreachable],
    }


def _tenant(result: TenantResult) -> Json:
    return {
        "tenant": result.tenant,
        "wave": result.wave,
        "state": result.state.value,
        "seconds": result.seconds,
        "applied": result.applied,
        "head": result.head,
        "attempts": result.attempts,
        "message": result.message,
        "hint": result.hint,
    }


def _class(each: TenantClass) -> Json:
    return {
        "head": each.head,
        "pending": list(each.pending),
        "fingerprint": each.fingerprint,
        "odd": each.odd,
        "tenants": list(each.tenants),
    }


def _look(look: Look) -> Json:
    plan = standings_json(look.plan, Details()) if look.plan else None
    return {"tenant": look.tenant, "plan": plan, "problem": look.problem, "hint": look.hint}
