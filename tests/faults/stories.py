"""The files that are crashed: what they do can be seen, and doing any of it twice shows."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.core.migrations.migration import Migration
from tests.fakes import migration

BEFORE = migration(
    "20260101000000_before",
    """\
CREATE TABLE counted (id int PRIMARY KEY, n int NOT NULL DEFAULT 0, old int);
INSERT INTO counted (id) SELECT generate_series(1, 200);
CREATE INDEX counted_old ON counted (old);
CREATE INDEX counted_again ON counted (old);
CREATE TYPE mood AS ENUM ('ok');
CREATE TABLE felt (mood mood NOT NULL);
CREATE TABLE part (id int, day int) PARTITION BY LIST (day);
CREATE TABLE part_1 PARTITION OF part FOR VALUES IN (1);
CREATE TABLE tally (what text NOT NULL);
""",
)


@dataclass(frozen=True)
class Story:
    """`file` is applied on top of BEFORE. `witnesses` has for each of its segments a condition
    that holds exactly when the segment is done; None where nothing can be seen of it. `batched`
    counts for a segment that goes in batches the rows that it has changed so far. `alone` says that
    its one statement runs outside a transaction."""

    file: Migration
    witnesses: tuple[str | None, ...]
    batched: Mapping[int, str] = field(default_factory=dict)
    alone: bool = False

    @property
    def history(self) -> tuple[Migration, ...]:
        return BEFORE, self.file

    @property
    def atomic(self) -> bool:
        return len(self.witnesses) == 1 and not self.alone


def tallied(what: str) -> str:
    return f"EXISTS (SELECT FROM public.tally WHERE what = '{what}')"


# By pg_class and not by regclass, which looks past the snapshot.
def has_relation(name: str) -> str:
    return f"EXISTS (SELECT FROM pg_class WHERE relname = '{name}')"


def has_index(name: str) -> str:
    return (
        "EXISTS (SELECT FROM pg_class JOIN pg_index ON indexrelid = pg_class.oid "
        f"WHERE relname = '{name}' AND indisvalid)"
    )


TRANSACTIONAL = Story(
    migration(
        "20260102000000_transactional",
        """\
ALTER TABLE counted ADD COLUMN more int NOT NULL DEFAULT 7;
UPDATE counted SET n = n + 1;
CREATE TABLE made (id int PRIMARY KEY REFERENCES counted (id));
INSERT INTO tally (what) VALUES ('all');
""",
    ),
    (tallied("all"),),
)

MIXED = Story(
    migration(
        "20260102000000_mixed",
        """\
ALTER TABLE counted ADD COLUMN more int;
INSERT INTO tally (what) VALUES ('first');
CREATE INDEX CONCURRENTLY counted_n ON counted (n);
COMMENT ON COLUMN counted.more IS 'a comment';
UPDATE counted SET n = n + 1;
INSERT INTO tally (what) VALUES ('third');
DROP INDEX CONCURRENTLY counted_old;
ALTER TYPE mood ADD VALUE 'good';
INSERT INTO felt (mood) VALUES ('good');
VACUUM counted;
""",
    ),
    (
        tallied("first"),
        has_index("counted_n"),
        tallied("third"),
        f"NOT {has_relation('counted_old')}",
        "EXISTS (SELECT FROM pg_enum WHERE enumlabel = 'good')",
        "EXISTS (SELECT FROM public.felt)",
        None,
    ),
)

# What else runs outside a transaction, and leaves something half-way when it is ended.
CONCURRENT = Story(
    migration(
        "20260102000000_concurrent",
        """\
CREATE UNIQUE INDEX CONCURRENTLY counted_unique ON counted (id, n);
REINDEX INDEX CONCURRENTLY counted_again;
INSERT INTO tally (what) VALUES ('third');
ALTER TABLE part DETACH PARTITION part_1 CONCURRENTLY;
REINDEX TABLE CONCURRENTLY counted;
INSERT INTO tally (what) VALUES ('sixth');
""",
    ),
    (
        has_index("counted_unique"),
        None,
        tallied("third"),
        "NOT EXISTS (SELECT FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid"
        " WHERE relname = 'part_1' AND NOT inhdetachpending)",
        None,
        tallied("sixth"),
    ),
)

BATCHED = Story(
    migration(
        "20260102000000_batched",
        """\
INSERT INTO tally (what) VALUES ('first');
-- migration-bot: batch size=60
UPDATE counted SET n = n + 1, old = 1 WHERE id > 20;
INSERT INTO tally (what) VALUES ('third');
-- migration-bot: batch size=10
DELETE FROM counted WHERE id <= 15;
""",
    ),
    (
        tallied("first"),
        "NOT EXISTS (SELECT FROM public.counted WHERE id > 20 AND n = 0)",
        tallied("third"),
        "NOT EXISTS (SELECT FROM public.counted WHERE id <= 15)",
    ),
    {
        1: "SELECT count(*) FROM public.counted WHERE n = 1",
        3: "SELECT 15 - count(*) FROM public.counted WHERE id <= 15",
    },
)

BUILD = "CREATE INDEX CONCURRENTLY counted_n"
INDEXED = Story(
    migration("20260102000000_index", f"{BUILD} ON counted (n);\n"),
    (has_index("counted_n"),),
    alone=True,
)

STORIES = {
    "transactional": TRANSACTIONAL,
    "mixed": MIXED,
    "concurrent": CONCURRENT,
    "batched": BATCHED,
}
