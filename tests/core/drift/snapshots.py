"""Small snapshots, written as `kind identity`."""

from collections.abc import Mapping

from bot.core.drift.deviation import Deviations, deviations
from bot.core.drift.policy import KINDS, DriftPolicy
from bot.core.schemas.schema import Scalar, Snapshot


def made(more: Mapping[str, Mapping[str, Scalar]] | None = None) -> Snapshot:
    """One table with one column, and what is named besides."""
    base: dict[str, Mapping[str, Scalar]] = {
        "schema public": {},
        "table public.a": {},
        "column public.a.id": {"position": 1, "type": "integer"},
        "owner relation public.a": {"role": "app"},
        "grant relation public.a": {"privileges": "app=SELECT, app=UPDATE, reader=SELECT"},
    }
    return {
        _key(name): tuple(sorted(each.items())) for name, each in {**base, **(more or {})}.items()
    }


def without(snapshot: Snapshot, *names: str) -> Snapshot:
    gone = {_key(name) for name in names}
    return {key: value for key, value in snapshot.items() if key not in gone}


def _key(name: str) -> tuple[str, str]:
    kind = max((each for each in KINDS if name.startswith(f"{each} ")), key=len)
    return kind, name.removeprefix(f"{kind} ")


def found(
    expected: Snapshot,
    there: Snapshot,
    policy: DriftPolicy | None = None,
    *,
    schemas: tuple[str, ...] = ("public",),
    across_majors: bool = False,
) -> Deviations:
    return deviations(
        expected, there, policy or DriftPolicy(), schemas=schemas, across_majors=across_majors
    )


def lines(expected: Snapshot, there: Snapshot, policy: DriftPolicy | None = None) -> list[str]:
    return [each.line for each in found(expected, there, policy).told]


def stopping(expected: Snapshot, there: Snapshot, policy: DriftPolicy | None = None) -> list[str]:
    return [each.line for each in found(expected, there, policy).stopping]
