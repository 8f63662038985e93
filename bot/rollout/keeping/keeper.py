"""Keeps what the statements of a migration destroy, where that can be done; it never stops one.

What cannot be kept is said before the first statement runs. If keeping fails in the middle, the
transaction is begun anew without it, and that is said too: a backup has it then.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from bot.core.findings.review import JudgedMigration
from bot.core.kept.kept import Keep, Unkept, Woven
from bot.core.kept.loss import Loss
from bot.core.kept.table import Shelf
from bot.core.migrations.statement import Statement
from bot.core.rollouts.blocker import Need
from bot.core.rollouts.checkpoint import Record
from bot.core.rollouts.doing import Heard
from bot.core.targets.target import Target
from bot.errors import PostgresError
from bot.rollout.keeping.deciding import Deciding, Place, Prospect
from bot.rollout.keeping.weaving import Weave, weave
from bot.sql.losses import losses_of
from bot.world import Database

# What is wrong with our own texts, or with the server's room, and not with the moment.
_OURS = ("0A", "21", "22", "23", "42", "53", "54", "55", "P0", "XX")
_OF_THE_MOMENT = {"55P03", "55006"}
_TOO_MUCH = "22012"

Say = Callable[[str], None]


@dataclass
class Keeper:
    """Of one migration on one target. `say` is told what is kept and what is not."""

    judged: JudgedMigration
    database: Database
    target: Target
    say: Say
    _given_up: set[Place] = field(default_factory=set)
    _told: set[str] = field(default_factory=set)

    def prospects(self) -> tuple[Prospect, ...]:
        """What would be kept of it now, and what not; nothing where nothing is destroyed."""
        losses = self._losses
        return tuple(self._deciding().decided(losses)) if losses else ()

    def together(
        self,
        statements: Sequence[Statement],
        record: Record,
        *,
        needs: Sequence[Need],
        heard: Callable[[], Heard],
        lifting: Collection[int],
    ) -> None:
        """As the database does it, with what keeps rows around the statements. An error's position
        is that of a statement."""
        while True:
            woven, keeps = self._woven(statements, record)
            try:
                self.database.together(
                    woven.texts,
                    record,
                    needs=needs,
                    heard=woven.heard(heard()),
                    lifting=woven.lifting(lifting),
                )
            except PostgresError as error:
                spoilt = _spoilt_by(error, woven)
                error.position = woven.statement_at(error.position)
                if spoilt is None:
                    raise
                self._give_up(spoilt, error)
            else:
                self._tell(keeps, record)
                return

    @cached_property
    def _losses(self) -> tuple[Loss, ...]:
        return losses_of(self.judged) if self.target.keeping else ()

    def _woven(self, statements: Sequence[Statement], record: Record) -> tuple[Weave, list[Keep]]:
        indexes = {each.index for each in statements}
        losses = [each for each in self._losses if each.statement in indexes]
        if all(each.obstacle for each in losses):
            for loss in losses:
                self._tell_unkept(Unkept(loss, loss.obstacle))
            return weave(statements, (), {}), []
        try:
            deciding = self._deciding()
            shelf = deciding.shelf
            decided = tuple(deciding.decided(losses))
        except PostgresError as error:
            if not _is_ours(error):
                raise
            self.say(f"{self.judged.migration.name}: nothing of it is kept: {error.message}")
            return weave(statements, (), {}), []
        keeps = [each for each in decided if isinstance(each, Keep)]
        for each in decided:
            if isinstance(each, Unkept) and not self._is_given_up(each):
                self._tell_unkept(each)
        around = self._around(keeps, shelf, record)
        return weave(statements, self.database.shelving(shelf), around), keeps

    def _deciding(self) -> Deciding:
        return Deciding(self.database, self.target, self.database.shelf(), self._given_up)

    def _around(
        self, keeps: Iterable[Keep], shelf: Shelf, record: Record
    ) -> Mapping[int, Sequence[tuple[Keep, Woven]]]:
        policy = self.target.keeping
        assert policy is not None
        around: dict[int, list[tuple[Keep, Woven]]] = {}
        for keep in keeps:
            there = around.setdefault(keep.loss.statement, [])
            over = keep.above.table if keep.above else None
            above = next((at for at, (each, _) in enumerate(there, 1) if each.table is over), 0)
            woven = self.database.taking(
                keep,
                shelf,
                policy,
                migration=self.judged.migration.name,
                record=record.id,
                number=len(there) + 1,
                above=above,
            )
            there.append((keep, woven))
        return around

    def _give_up(self, keep: Keep, error: PostgresError) -> None:
        self._given_up.add((keep.loss.statement, keep.loss.table))
        why = error.message
        if error.sqlstate == _TOO_MUCH:
            why = "it takes more than is left of the budget, which could not be seen before"
        self._tell_unkept(Unkept(keep.loss, why))

    def _is_given_up(self, unkept: Unkept) -> bool:
        """That was said when it was."""
        return (unkept.loss.statement, unkept.loss.table) in self._given_up

    def _tell_unkept(self, unkept: Unkept) -> None:
        text = f"not kept: {self.judged.migration.name}, {unkept}"
        if text not in self._told:
            self._told.add(text)
            self.say(text)

    def _tell(self, keeps: Sequence[Keep], record: Record) -> None:
        """It is committed by now: whatever goes wrong here must not have it run again."""
        if not keeps:
            return
        statements = {each.loss.statement for each in keeps}
        name = self.judged.migration.name
        try:
            kept = self.database.kept([record.id])
        except PostgresError as error:
            self.say(f"{name}: what was kept of it could not be listed: {error.message}")
            return
        for each in reversed(kept):
            if each.statement in statements:
                self.say(f"{name}, {each}")


def _spoilt_by(error: PostgresError, woven: Weave) -> Keep | None:
    """What is not kept in another attempt; None if the error is the migration's own, or passes."""
    if not _is_ours(error):
        return None
    ours = woven.keep_at(error.position)
    # As it was limited it cannot be read: as it was written, it may.
    unread = (error.sqlstate or "").startswith("42")
    return ours or (woven.limited_at(error.position) if unread else None)


def _is_ours(error: PostgresError) -> bool:
    """Whether it would come again, however often one tries."""
    state = error.sqlstate or ""
    return state.startswith(_OURS) and state not in _OF_THE_MOMENT
