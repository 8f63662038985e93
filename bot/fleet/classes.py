"""Tenants that are alike: the same migrations on the same schema.

What is found out about one of a class, by judging it or by rehearsing it, holds for all of them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

from bot.core.migrations.migration import sort_key
from bot.core.rollouts.survey import Look, TenantClass

# The migrations a tenant has and lacks, and the fingerprint of its catalogue.
_Key = tuple[tuple[str, ...], tuple[str, ...], str]


def classes_of(looks: Iterable[Look]) -> tuple[TenantClass, ...]:
    """The largest class first. Those that did not answer, or disagree with the history, are in
    none."""
    found: dict[_Key, list[str]] = {}
    for each in looks:
        if each.plan is not None and each.plan.agrees:
            pending = tuple(migration.name for migration in each.plan.pending)
            found.setdefault((each.plan.applied, pending, each.fingerprint), []).append(each.tenant)
    usual = _usual({key: len(names) for key, names in found.items()})
    made = [
        TenantClass(
            head=head_of(applied),
            pending=pending,
            fingerprint=fingerprint,
            tenants=tuple(names),
            odd=usual[applied] != fingerprint,
        )
        for (applied, pending, fingerprint), names in found.items()
    ]
    return tuple(sorted(made, key=lambda each: (-len(each.tenants), each.head, each.fingerprint)))


def head_of(names: Iterable[str]) -> str:
    """The newest of migrations' names, as Prisma orders them; "" of none."""
    return max(names, key=sort_key, default="")


def _usual(sizes: Mapping[_Key, int]) -> dict[tuple[str, ...], str]:
    """By the migrations applied, the fingerprint that most tenants have."""
    counted: dict[tuple[str, ...], Counter[str]] = {}
    for (applied, _, fingerprint), number in sizes.items():
        counted.setdefault(applied, Counter())[fingerprint] += number
    return {
        applied: min(counter, key=lambda each: (-counter[each], each))
        for applied, counter in counted.items()
    }
