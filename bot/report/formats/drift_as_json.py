"""`drift --format json`: what each target has otherwise, and the SQL in both directions."""

from collections.abc import Iterable
from typing import Any

from bot.core.drift.deviation import Deviation
from bot.core.drift.look import Look, Script
from bot.core.schemas.schema import Definition
from bot.report.formats.as_json import time_json

SCHEMA = 1

Json = dict[str, Any]


def drift_json(looks: Iterable[Look]) -> Json:
    return {"schema": SCHEMA, "targets": [_look(each) for each in looks]}


def _look(look: Look) -> Json:
    return {
        "target": look.target,
        "kind": look.kind.value,
        "state": look.state.value,
        "at": time_json(look.at),
        "seconds": look.seconds,
        "applied": look.applied,
        "differences": [_deviation(each) for each in look.deviations.told],
        "partitions_left_out": look.deviations.grown,
        "unseen": list(look.unseen),
        "mend": _script(look.mend) if look.mend else None,
        "record": _script(look.record) if look.record else None,
        "problem": look.problem,
        "hint": look.hint,
    }


def _deviation(deviation: Deviation) -> Json:
    change = deviation.change
    return {
        "change": deviation.verb,
        "kind": change.kind,
        "identity": change.identity,
        "table": deviation.place,
        "matter": deviation.matter.value,
        "stops": deviation.stops,
        "columns": deviation.columns,
        "expected": _definition(change.before),
        "actual": _definition(change.after),
        "attributes": list(change.attributes),
        "line": deviation.line,
    }


def _definition(definition: Definition | None) -> Json | None:
    return None if definition is None else dict(definition)


def _script(script: Script) -> Json:
    return {
        "sql": script.sql,
        "statements": [{"sql": each.sql, "loses": each.loses} for each in script.statements],
        "left": list(script.left),
        "proved": script.proved,
        "problem": script.problem,
        "moved": list(script.moved),
    }
