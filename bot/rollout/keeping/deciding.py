"""What of a migration's losses is kept on a target as it is now."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.core.kept.decision import decide, decide_following
from bot.core.kept.kept import Keep, Unkept
from bot.core.kept.loss import Loss
from bot.core.kept.table import Shelf, TableToKeep
from bot.core.targets.target import Target
from bot.errors import PostgresError
from bot.world import Database

Prospect = Keep | Unkept
# A statement by its index, and a table as a file names it.
Place = tuple[int, str]


@dataclass
class Deciding:
    """`shelf` counts what is decided for. `given_up` are not kept, whatever they are."""

    database: Database
    target: Target
    shelf: Shelf
    given_up: Collection[Place] = ()

    def decided(self, losses: Sequence[Loss]) -> Iterator[Prospect]:
        """In the order of the losses, each followed by what goes with it by foreign keys."""
        known = [each for each in losses if (each.statement, each.table) not in self.given_up]
        names = {each.table for each in known if each.table and not each.obstacle}
        tables = self.database.tables_to_keep(sorted(names))
        for loss in known:
            found = self._one(loss, tables.get(loss.table))
            if not isinstance(found, Keep):
                yield from () if found is None else (found,)
                continue
            self._count(found)
            below = tuple(self._following(found))
            whole = all(isinstance(each, Keep) and not each.partial for each in (found, *below))
            yield replace(found, partial=not whole)
            yield from below

    def _one(self, loss: Loss, table: TableToKeep | None) -> Prospect | None:
        policy = self.target.keeping
        assert policy is not None
        matching = None
        if loss.change and table and not (loss.obstacle or table.obstacle or self.shelf.obstacle):
            matching = self._matching(loss)
        timeout = self.target.statement_timeout
        return decide(loss, table, self.shelf, policy, matching=matching, timeout=timeout)

    def _following(self, first: Keep) -> Iterator[Prospect]:
        """Rows of other tables that are deleted with it, and with those; each table once."""
        policy = self.target.keeping
        assert policy is not None
        seen, waiting = {first.table.relation}, [first]
        while waiting:
            above = waiting.pop(0)
            tables = self._tables_below(above)
            for cascade in above.table.cascades if first.loss.change else ():
                place = (first.loss.statement, cascade.table)
                if cascade.table not in tables:
                    continue
                table = tables[cascade.table]
                why = "its rows are deleted by more than one foreign key"
                why = why if table.relation in seen else ""
                why = why or ("keeping them failed" if place in self.given_up else "")
                found = decide_following(
                    above, cascade, table, self.shelf, policy,
                    why=why, timeout=self.target.statement_timeout,
                )  # fmt: skip
                seen.add(table.relation)
                yield found
                if isinstance(found, Keep):
                    self._count(found)
                    waiting.append(found)

    def _tables_below(self, keep: Keep) -> Mapping[str, TableToKeep]:
        names = sorted({each.table for each in keep.table.cascades})
        deletes = keep.loss.change is not None or keep.above is not None
        return self.database.tables_to_keep(names) if deletes and names else {}

    def _count(self, keep: Keep) -> None:
        self.shelf = replace(self.shelf, bytes=self.shelf.bytes + keep.bytes)

    def _matching(self, loss: Loss) -> int | None:
        """None where it cannot be asked yet: what it reads may be made by the migration itself."""
        assert loss.change is not None
        try:
            return self.database.expected_rows(loss.change)
        except PostgresError as error:
            if (error.sqlstate or "").startswith("42"):
                return None
            raise
