"""A target's sizes as a table in a terminal, the greatest first."""

from collections.abc import Iterator

from bot.core.rehearsals.sizes import RelationKind, RelationSize, Sizes
from bot.report.size_words import bytes_words, rows_words, writes_words
from bot.report.terminal.lines import Grid, Line, drawn, line
from bot.report.words import count, time

_HEAD = ("relation", "rows", "total", "indexes", "writes")


def sizes_text(sizes: Sizes, *, width: int = 80, colour: bool = False) -> str:
    return drawn(_lines(sizes), width=width, colour=colour)


def _lines(sizes: Sizes) -> Iterator[Line | Grid]:
    if sizes.relations:
        greatest = sorted(sizes.relations, key=lambda each: (-each.bytes, each.relation))
        yield Grid(_HEAD, tuple(_row(each) for each in greatest))
        yield line()
    # A partitioned table is the sum of its partitions, which would count twice.
    stored = [each for each in sizes.relations if each.kind is not RelationKind.PARTITIONED]
    total = bytes_words(sum(each.bytes for each in stored))
    yield line(
        f"{sizes.target}, PostgreSQL {sizes.postgres}, {time(sizes.taken_at)}: "
        f"{count(len(stored), 'relation')}, {total}."
    )


def _rows(size: RelationSize) -> str:
    if not size.rows:
        return "unknown" if size.rows is None else "0"
    return rows_words(size).rpartition(" ")[0]


def _row(size: RelationSize) -> tuple[str, ...]:
    noted = "" if size.measured else " when last counted"
    return (
        size.relation,
        _rows(size),
        f"{bytes_words(size.bytes)}{noted}",
        bytes_words(size.indexes),
        writes_words(size.writes),
    )
