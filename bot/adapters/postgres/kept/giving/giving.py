"""What gives kept rows back, in the transaction that takes a migration back.

It comes after what has made tables and columns anew. What was written since is never overwritten:
each row that stays as it is has a reason, is counted, and is put into a table of its own.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.adapters.postgres.kept.names import (
    AFTER,
    CONFLICTS,
    EXACT,
    ROW,
    WAITING,
    WHY,
    given,
    identity_of,
    on_shelf,
    same_key,
)
from bot.core.kept.kept import Kept
from bot.core.kept.loss import Losing
from bot.core.kept.table import KeptColumn
from bot.core.quoting import quoted
from bot.core.rollouts.batching import literal

_HERE = Path(__file__).parent
_TEXTS = {each.stem: each.read_text(encoding="utf-8") for each in _HERE.glob("*.sql")}
_POINTING = "'what it points to is not there'"
_SETTINGS = {**EXACT, "row_security": "off"}
# Of a trigger: for each of its bits an event.
_INSERT, _UPDATE = 4, 16


def giving_back(kept: Sequence[Kept]) -> Iterator[str]:
    """The texts for all of it, in the order in which it is listed.

    Rows that point to rows of another table have to wait for those: so all are gone through again,
    as often as there are tables.
    """
    all_of_it = [_Giving(each) for each in kept]
    for each in all_of_it:
        yield each.begun()
        # Without it the planner takes them for small, and looks up row after row.
        yield f"ANALYZE {', '.join(each.tables)}"
        yield each.given_back()
    rows = [each for each in all_of_it if not each.kept.kind.keyed]
    for _ in rows[1:]:
        yield from (each.given_back() for each in rows)
    yield from (each.ended() for each in all_of_it)


class _Giving:
    def __init__(self, kept: Kept) -> None:
        self.kept = kept
        table = f"{quoted(kept.schema)}.{quoted(kept.name)}"
        self._table = table
        endings = ("", WAITING, AFTER) if kept.kind.compared else ("", WAITING)
        self.tables = [on_shelf(kept.shelf + each) for each in endings]
        self._known = {
            "row": ROW,
            "why": WHY,
            "table": table,
            "name": literal(table),
            "names": ", ".join(literal(each.name) for each in (*kept.columns, *kept.key)),
            "kept": on_shelf(kept.shelf),
            "kept_name": literal(on_shelf(kept.shelf)),
            "after": on_shelf(kept.shelf + AFTER),
            "waiting": on_shelf(kept.shelf + WAITING),
            "conflicts": on_shelf(kept.shelf + CONFLICTS),
            "conflicts_name": literal(on_shelf(kept.shelf + CONFLICTS)),
            "shelf": literal(kept.shelf),
            "pointing": _POINTING,
            "keys": same_key(kept.key, "t", "k"),
            "settings": ", ".join(map(literal, _SETTINGS)),
            "values": ", ".join(map(literal, _SETTINGS.values())),
        }

    def text(self, template: str, **more: str) -> str:
        known = {**self._known, **more, "quote": "$migration_bot$"}
        text = _TEXTS[template].format_map(known)
        if text.count("$migration_bot$") > 2:
            # Whatever a table may be called, it does not end the block.
            text = _TEXTS[template].format_map({**known, "quote": "$migration_bot_gives_back$"})
        return text

    def given_back(self) -> str:
        if self.kept.kind.keyed:
            return self.text(
                "around", declared=self._declared(), event=str(_UPDATE), work=self._values()
            )
        return self.text("around", declared=self._declared(), event=str(_INSERT), work=self._rows())

    def begun(self) -> str:
        keyed = str(self.kept.kind.keyed).lower()
        return self.text("begin", keyed=keyed, identity=identity_of(self._table, self.kept.key))

    def ended(self) -> str:
        return self.text("end", numbers=self._numbers())

    def _declared(self) -> str:
        counts = "".join(f"    {each} int8;\n" for each in ("size", "last", "moved"))
        return (
            f"    low int8 := 1;\n{counts}    indexed bool := false;\n    state text;\n"
            "    points text;\n"
        )

    def _rows(self) -> str:
        columns = ", ".join(quoted(each.name) for each in self.kept.columns)
        values = ", ".join(given(each, "k") for each in self.kept.columns)
        change = (
            f"INSERT INTO {self._table} ({columns}) OVERRIDING SYSTEM VALUE SELECT {values} "  # noqa: S608
            f"FROM {self._known['kept']} AS k JOIN now_ USING ({ROW})"
        )  # fmt: skip
        named = ", ".join(
            f"{given(each, 'k')} AS {quoted(each.name)}" for each in self.kept.columns
        )
        coming = (
            f"SELECT k.{ROW}, {named} FROM {self._known['kept']} AS k "  # noqa: S608
            f"JOIN {self._known['waiting']} AS w USING ({ROW}) WHERE w.why IS NULL"
        )
        return self.text(
            "rows",
            same_keys=self.text("same_keys") if self.kept.key else "",
            # It stands in a string, which is a format.
            coming=coming.replace("'", "''").replace("%", "%%"),
            pointing_twice=_POINTING.replace("'", "''"),
            chunks=self.text("chunks", change=change),
        )

    def _values(self) -> str:
        values = ", ".join(
            f"{quoted(each.name)} = {given(each, 'k')}" for each in self.kept.columns
        )
        change = (
            f"UPDATE {self._table} AS t SET {values} "  # noqa: S608
            f"FROM {self._known['kept']} AS k JOIN now_ USING ({ROW}) WHERE {self._known['keys']}"
        )
        return self.text(
            "values",
            order=", ".join(f"t.{quoted(each.name)}" for each in self.kept.key),
            since=self._fresh() if self.kept.kind is Losing.COLUMNS else self._since(),
            chunks=self.text("chunks", change=change),
        )

    def _fresh(self) -> str:
        written = " OR ".join(
            f"(t.{quoted(each.name)} IS NOT NULL AND NOT {_same(each, 'k')} AND NOT EXISTS ("
            "SELECT FROM pg_catalog.pg_attribute WHERE attrelid = target "
            f"AND attname = {literal(each.name)} AND (atthasdef OR attidentity <> '')))"
            for each in self.kept.columns
        )
        return self.text("fresh", written=written)

    def _since(self) -> str:
        columns = self.kept.columns
        as_left = " AND ".join(self._as_left(each) for each in columns)
        return self.text(
            "since",
            as_before=" AND ".join(_same(each, "k") for each in columns),
            as_left=as_left,
            as_left_in_text=" AND ".join(
                f"t.{quoted(each.name)}::text IS NOT DISTINCT FROM a.{quoted(each.name)}::text"
                for each in columns
            ),
        )

    def _as_left(self, column: KeptColumn) -> str:
        if self.kept.kind is not Losing.TYPES:
            return _same(column, "a")
        name = quoted(column.name)
        return f"t.{name}::text IS NOT DISTINCT FROM (a.{name}::{column.type})::text"

    def _numbers(self) -> str:
        """A sequence that was made anew goes on where the old one was."""
        return "".join(
            self.text("numbers", column=quoted(name), column_name=literal(name), last=str(last))
            for name, last in self.kept.sequences
        )


def _same(column: KeptColumn, kept: str) -> str:
    """To the bit, and so for types that cannot be compared otherwise."""
    name = quoted(column.name)
    if not column.plain:
        return f"t.{name}::text IS NOT DISTINCT FROM {kept}.{name}"
    return f"pg_catalog.record_image_eq(ROW(t.{name}::{column.type}), ROW({kept}.{name}))"
