"""What is tried once everything new has run, in which order, and how long there is time for it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.adapters.postgres.rehearsal.guard import Guard
from bot.adapters.postgres.rehearsal.performing import Performer
from bot.adapters.postgres.rehearsal.proofs import (
    Count,
    Done,
    Held,
    Look,
    differing_in,
    losses_of,
    prove_downs,
    run_again,
)
from bot.core.rehearsals.proofs import DownProof, SecondRun
from bot.core.rehearsals.refusal import Refusal, Stop
from bot.core.schemas.draft import Drafter
from bot.core.schemas.schema import differences

_TOO_LATE = DownProof(
    refused=Refusal(
        Stop.TIME,
        "the time for the whole rehearsal was over before it could be tried",
        hint="Raise `rehearsal.seconds`, or split the migrations over pull requests.",
    )
)

Proofs = Mapping[str, DownProof]


@dataclass(frozen=True)
class Trying:
    """`elsewhere` proves one on its own, where a rollback would not reach it, because of what comes
    after it: it is given what comes before."""

    performer: Performer
    look: Look
    count: Count
    guard: Guard
    elsewhere: Callable[[Done, Sequence[Done]], DownProof]
    note: Callable[[str], None]

    def tried(
        self, done: Sequence[Done], drafter: Drafter | None
    ) -> tuple[Proofs, Mapping[str, SecondRun]]:
        """By name what came of down.sql, or of a draft, and of a second run. Drafts are last: what
        they leave otherwise than it was is nobody's fault but theirs."""
        end = self.count() if drafter else {}
        downs = self._downs(done, drafter)
        again = self._again(done) if all(each.proved for each in downs.values()) else {}
        return {**self._drafts(done, drafter, end), **downs}, again

    def _downs(self, done: Sequence[Done], drafter: Drafter | None) -> Proofs:
        if all(each.migration.down is None for each in done):
            return {}
        if self.guard.exhausted:
            return {each.migration.name: _TOO_LATE for each in done if each.migration.down}
        self.note("running down.sql, and up again")
        downs = dict(prove_downs(done, self.performer, self.look, count=self.count).proofs)
        for each in done:
            name = each.migration.name
            if name in downs:
                downs[name] = replace(downs[name], loses=losses_of(each, drafter))
        for number, each in enumerate(done):
            name = each.migration.name
            if each.migration.down is None or name in downs:
                continue
            late = self.guard.exhausted
            downs[name] = _TOO_LATE if late else self.elsewhere(each, done[:number])
        return downs

    def _again(self, done: Sequence[Done]) -> Mapping[str, SecondRun]:
        """As far as there is time: it says the least of all."""
        again: dict[str, SecondRun] = {}
        for each in done:
            if not self.guard.exhausted:
                again[each.migration.name] = run_again(each, self.performer, self.look)
        return again

    def _drafts(self, done: Sequence[Done], drafter: Drafter | None, end: Held) -> Proofs:
        """Of what has no down.sql: that of a rollback that goes through all of them, and of what
        that does not reach on its own."""
        wanted = [each for each in done if each.migration.down is None]
        if drafter is None or not wanted:
            return {}
        late = replace(_TOO_LATE, drafted=True)
        if self.guard.exhausted:
            return {each.migration.name: late for each in wanted}
        self.note("drafting what takes them back, and running it")
        found = self._together(done, drafter, end)
        for number, each in enumerate(done):
            name = each.migration.name
            if each.migration.down is None and name not in found:
                found[name] = late if self.guard.exhausted else self.elsewhere(each, done[:number])
        return {each.migration.name: found[each.migration.name] for each in wanted}

    def _together(self, done: Sequence[Done], drafter: Drafter, end: Held) -> dict[str, DownProof]:
        """Nothing if what was tried before has left another schema than there was at the `end`."""
        if differences(done[-1].after, self.look()):
            return {}
        proved = prove_downs(
            done,
            self.performer,
            self.look,
            drafter=drafter,
            count=self.count,
            spoilt=differing_in(end, self.count()),
        )
        return dict(proved.proofs)
