"""`audit` for programs."""

from collections.abc import Sequence
from typing import Any

from bot.core.rollouts.audit import Sealed

SCHEMA = 1


def verified_json(sealed: Sealed, problem: str) -> dict[str, Any]:
    key = sealed.signature.key if sealed.signature else None
    return {"schema": SCHEMA, "valid": not problem, "problem": problem, "key": key}


def records_json(target: str, records: Sequence[Sealed]) -> dict[str, Any]:
    listed = [
        {"record": each.record, "signature": vars(each.signature) if each.signature else None}
        for each in records
    ]
    return {"schema": SCHEMA, "target": target, "records": listed}
