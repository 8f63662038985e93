"""`doctor` as JSON, as docs/reference/doctor.schema.json describes it."""

from typing import Any

from bot.core.doctor.check import Check, Examination, Group, State

SCHEMA = 1


def doctor_json(found: Examination) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "fine": found.fine,
        "counts": {state.value: found.count(state) for state in State},
        "groups": [_group(each) for each in found.groups],
    }


def _group(group: Group) -> dict[str, Any]:
    return {
        "kind": group.kind.value,
        "name": group.name,
        "checks": [_check(each) for each in group.checks],
    }


def _check(check: Check) -> dict[str, Any]:
    return {
        "check": check.name,
        "state": check.state.value,
        "message": check.said,
        "advice": check.advice,
    }
