"""Taking the locks of a transaction before its first statement, all within one bound.

lock_timeout counts for each lock by itself, so it is set again before each to what is left of the
whole.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.adapters.postgres.piping import Query
from bot.adapters.postgres.target.relations import Relations, quoted
from bot.core.rollouts.blocker import Need

# now() is when the transaction began.
_WHAT_IS_LEFT = """SELECT pg_catalog.set_config('lock_timeout', greatest(1, $1::text::integer
    - (extract(epoch FROM pg_catalog.clock_timestamp() - pg_catalog.now()) * 1000)::integer
    )::text, true)"""


class FirstLocks(Relations):
    """The tables that are locked first. What a look finds serves the attempt that follows it."""

    _found: tuple[Sequence[Need], list[Need]] | None = None
    _tried: Sequence[Need] = ()

    def _look_at(self, needs: Sequence[Need]) -> list[Need]:
        """Those that are there, under the names that they have, if anybody has a lock on one of
        them or may have one on a partition of it."""
        seen = self._see([each.relation for each in needs])
        # What is hardest to get comes first, so that little is held while it is waited for.
        there = sorted(
            ((each, seen[each.relation]) for each in needs if each.relation in seen),
            key=lambda pair: (-pair[0].mode, pair[1].oid),
        )
        named = [(replace(need, relation=found.name), found) for need, found in there]
        self._found = needs, [need for need, found in named if found.lockable(need.mode)]
        return [need for need, _ in named] if any(found.busy for _, found in named) else []

    def _first_locks(self, needs: Sequence[Need], timeout: int) -> list[Query]:
        """What takes them in a transaction; `timeout` is milliseconds for all of them together."""
        if not any(each.early for each in needs):
            return []
        if self._found is None or self._found[0] != needs:
            self._look_at(needs)
        assert self._found is not None
        early = [each for each in self._found[1] if each.early]
        if self._tried == needs:
            # An application that locks them in another order may block every attempt in this one.
            random.shuffle(early)
        self._found, self._tried = None, needs
        return list(_queries(early, timeout))


def _queries(needs: Sequence[Need], timeout: int) -> Iterator[Query]:
    for place, each in enumerate(needs):
        if place > 0:
            yield _WHAT_IS_LEFT, (str(timeout),)
        mode = each.mode.name.replace("_", " ")
        yield f"LOCK TABLE ONLY {quoted(each.relation)} IN {mode} MODE", ()
    if len(needs) > 1:
        yield f"SET LOCAL lock_timeout = {timeout}", ()
