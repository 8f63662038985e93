"""Which tenants are in which wave, and which part of them a shard has to do with."""

import math
from collections.abc import Collection, Iterator, Sequence

from bot.core.targets.fleet import Budget, Shard, Tenant, Wave
from bot.errors import UsageError

Cut = tuple[Wave, tuple[Tenant, ...]]

# What Kubernetes tells a pod of an Indexed Job.
INDEX_VARIABLE = "JOB_COMPLETION_INDEX"
_DEFAULT_SHARE = 2.0


def cut_in_waves(tenants: Sequence[Tenant], waves: Sequence[Wave]) -> tuple[Cut, ...]:
    """Every tenant in exactly one wave, in the order in which they are listed.

    A tenant that a wave names is in that one; the others fill up each wave in turn. Raises
    UsageError if a wave names somebody that is not there: a canary must not be left out unseen.
    """
    by_name = {each.name: each for each in tenants}
    chosen = {name for wave in waves for name in wave.tenants}
    _require_known(waves, by_name.keys())
    left = [each for each in tenants if each.name not in chosen]
    cuts = []
    for wave in waves:
        takes = _takes(wave, len(tenants), len(left))
        own = tuple(by_name[name] for name in wave.tenants)
        cuts.append((wave, own + tuple(left[:takes])))
        left = left[takes:]
    return tuple(cuts)


def _takes(wave: Wave, size: int, left: int) -> int:
    if wave.rest:
        return left
    return wave.count or math.ceil(size * wave.share / 100)


def _require_known(waves: Sequence[Wave], known: Collection[str]) -> None:
    for wave in waves:
        missing = [name for name in wave.tenants if name not in known]
        if missing:
            raise UsageError(
                f"The wave {wave.name} names {missing[0]}, and the fleet has no such tenant.",
                hint="Take it out of `waves:`, or list it where the fleet's tenants are listed.",
            )


def allowed_failures(budget: Budget, size: int, *, first: bool) -> int:
    """How many tenants of a wave of that size may fail before no more are begun.

    None of the first: what goes wrong there would go wrong everywhere.
    """
    if first:
        return 0
    if budget.count is not None:
        return budget.count
    if budget.share is not None:
        return math.floor(size * budget.share / 100)
    return max(1, math.floor(size * _DEFAULT_SHARE / 100))


def in_shard(cuts: Sequence[Cut], shard: Shard | None) -> tuple[Cut, ...]:
    """What a shard goes through: everything, all waves but the last, or a slice of the last."""
    if shard is None:
        return tuple(cuts)
    if shard.index == 0:
        return tuple(cuts[:-1])
    wave, tenants = cuts[-1]
    return ((wave, tuple(tenants[shard.index - 1 :: shard.count])),)


def before_shard(cuts: Sequence[Cut], shard: Shard | None) -> tuple[Cut, ...]:
    """What must be done before a shard may begin, by whomever."""
    return tuple(cuts[:-1]) if shard is not None and shard.index > 0 else ()


def shards_for(cuts: Sequence[Cut], size: int, most: int) -> tuple[Shard, ...]:
    """The slices of the last wave, of about `size` tenants each, but `most` slices at most."""
    count = min(most, max(1, math.ceil(len(cuts[-1][1]) / size)))
    return tuple(Shard(index, count) for index in range(1, count + 1))


def read_shard(text: str, index: str | None) -> Shard:
    """`2/8`; or `8` alone, where `index` (a Kubernetes job's own) says which of 0 to 8.

    Raises UsageError.
    """
    first, slash, last = text.partition("/")
    given, count = (first, last) if slash else (index or "", first)
    numbers = list(_whole(given, count))
    if len(numbers) != 2 or not 0 <= numbers[0] <= numbers[1] or numbers[1] < 1:
        raise UsageError(
            f"{text} is no shard.",
            hint="Write I/N: the I-th of N slices of the last wave, or 0/N for the waves before it."
            " N alone takes I from JOB_COMPLETION_INDEX.",
        )
    return Shard(*numbers)


def _whole(*texts: str) -> Iterator[int]:
    for text in texts:
        if text.isdecimal() and text.isascii():
            yield int(text)
