"""A shop that goes on writing while a migration destroys what it should not, and remembers every
write: what the database must hold in the end, and which conflicts must be told, follows from that.

Each thread has rows of its own, so that its log has the order in which each was written.
"""

import random
import threading
import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any

import psycopg

THREADS = 4
CUSTOMERS, ORDERS, EVENTS, COUPONS = 400, 2000, 1200, 100

SCHEMA = f"""CREATE TABLE visitor (id int PRIMARY KEY);
INSERT INTO visitor SELECT i FROM generate_series(0, 39) AS i;
CREATE TABLE customer (id int PRIMARY KEY, name text NOT NULL, note text);
CREATE TABLE orders (id int PRIMARY KEY, customer int NOT NULL REFERENCES customer,
    total int NOT NULL, status text NOT NULL);
CREATE TABLE event (id int PRIMARY KEY, visitor int REFERENCES visitor, kind text, body text);
CREATE TABLE coupon (id serial PRIMARY KEY, code text UNIQUE, uses int NOT NULL DEFAULT 0);
INSERT INTO customer SELECT i, 'c' || i, 'note 0' FROM generate_series(1, {CUSTOMERS}) AS i;
INSERT INTO orders SELECT i, 1 + i % {CUSTOMERS}, i % 100, 'new'
  FROM generate_series(1, {ORDERS}) AS i;
INSERT INTO event SELECT i, i % 40, CASE i % 2 WHEN 0 THEN 'old' ELSE 'young' END, 'body 0'
  FROM generate_series(1, {EVENTS}) AS i;
INSERT INTO coupon (code) SELECT 'k' || i FROM generate_series(1, {COUPONS}) AS i;
"""
DESTROYS = """ALTER TABLE customer DROP COLUMN note;
UPDATE orders SET status = 'archived' WHERE total < 50;
DELETE FROM event WHERE kind = 'old';
DROP TABLE coupon;
"""
DOWN = """CREATE TABLE coupon (id serial PRIMARY KEY, code text UNIQUE,
    uses int NOT NULL DEFAULT 0);
ALTER TABLE customer ADD COLUMN note text;
"""
# 0 before the migration, 1 while it is applied, 2 once it is taken back.
_PHASE = """SELECT coalesce(max(CASE WHEN rolled_back_at IS NOT NULL THEN 2
    WHEN finished_at IS NOT NULL THEN 1 ELSE 0 END), 0)
FROM _prisma_migrations WHERE migration_name = %s"""
# What an application meets while the schema changes under it: it tries again, or leaves it.
_MEETS = (
    psycopg.errors.UndefinedColumn,
    psycopg.errors.UndefinedTable,
    psycopg.errors.DeadlockDetected,
    psycopg.errors.ForeignKeyViolation,
    psycopg.errors.UniqueViolation,
)


Key = tuple[str, int]


class Log:
    """The last write to each row in each phase, of all threads together."""

    def __init__(self, phases: Sequence[Mapping[Key, Any]]) -> None:
        self._before, self._since, self._afterwards = phases

    def value(self, what: str, id: int, first: Any) -> Any:
        """What it must be in the end: what was written last, `first` if nothing was."""
        for phase in (self._afterwards, self._since, self._before):
            if (what, id) in phase:
                return phase[what, id]
        return first

    def since(self, what: str) -> set[int]:
        """Rows that were written between the migration and its end."""
        return {id for kind, id in self._since if kind == what}

    def ids(self, what: str) -> set[int]:
        phases = (self._before, self._since, self._afterwards)
        return {id for phase in phases for kind, id in phase if kind == what}


class Shop:
    """As a context it writes. `log` is what it has written, once it has closed."""

    def __init__(self, url: str, migration: str) -> None:
        self.url, self.migration = url, migration
        self.closing = threading.Event()
        self._workers = [_Worker(number, self) for number in range(THREADS)]

    def __enter__(self) -> "Shop":
        for each in self._workers:
            each.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.closing.set()
        for each in self._workers:
            each.join(60)
        if kind is None:
            self._require_sound()

    def wait_for(self, writes: int, *, phase: int) -> None:
        """Until so many are committed in that phase."""
        while sum(each.writes[phase] for each in self._workers) < writes:
            self._require_sound()
            time.sleep(0.01)

    def writes(self, phase: int) -> int:
        return sum(each.writes[phase] for each in self._workers)

    def log(self) -> Log:
        phases: list[Mapping[Key, Any]] = []
        for phase in range(3):
            phases.append(
                {key: at for each in self._workers for key, at in each.last[phase].items()}
            )
        return Log(phases)

    def _require_sound(self) -> None:
        for each in self._workers:
            if each.error is not None:
                raise each.error


class _Worker(threading.Thread):
    def __init__(self, number: int, shop: Shop) -> None:
        super().__init__(daemon=True)
        self._number, self._shop = number, shop
        self._chance = random.Random(number)
        self.error: BaseException | None = None
        self.writes = [0, 0, 0]
        self.last: list[dict[Key, Any]] = [{}, {}, {}]
        self._turn = 0

    def run(self) -> None:
        try:
            with psycopg.connect(self._shop.url, autocommit=True) as connection:
                connection.prepare_threshold = None
                while not self._shop.closing.is_set():
                    self._turn += 1
                    try:
                        self._write(connection)
                    except _MEETS:
                        continue
        except BaseException as error:
            self.error = error

    def _write(self, connection: psycopg.Connection[Any]) -> None:
        """One transaction. Its second statement sees which phase it is: whoever had to wait for a
        row of the migration's has waited for its end."""
        key, text, value = self._next()
        with connection.transaction():
            changed = connection.execute(text.encode()).rowcount
            row = connection.execute(_PHASE, (self._shop.migration,)).fetchone()
        assert row is not None
        self.writes[row[0]] += 1
        if changed:
            self.last[row[0]][key] = value

    def _own(self, most: int) -> int:
        return THREADS * self._chance.randrange(most // THREADS) + self._number + 1

    def _next(self) -> tuple[Key, str, Any]:
        what = self._chance.choice(("note", "status", "order", "body", "uses", "again", "leave"))
        made = f"{self._number}-{self._turn}"
        if what == "order":
            id = THREADS * self._turn + self._number + 100_000
            values = f"({id}, {1 + self._turn % CUSTOMERS}, {self._turn % 100}, '{made}')"
            return ("status", id), f"INSERT INTO orders VALUES {values}", made
        if what == "leave":
            id = 10 * self._number + 2
            # In earnest only when the migration has long taken away what points there.
            text = (
                f"DELETE FROM visitor WHERE id = {id} AND {self.writes[1]} > 50 "
                f"AND NOT EXISTS (SELECT FROM event WHERE visitor = {id})"
            )
            return ("visitor", id), text, None
        if what == "again":
            id = self._own(EVENTS)
            wanted = f"{id} % 10 = 0 AND NOT EXISTS (SELECT FROM event WHERE id = {id})"
            values = f"{id}, {id % 40}, 'old', '{made}'"
            return ("body", id), f"INSERT INTO event SELECT {values} WHERE {wanted}", made
        table, most = {
            "note": ("customer", CUSTOMERS),
            "status": ("orders", ORDERS),
            "body": ("event", EVENTS),
            "uses": ("coupon", COUPONS),
        }[what]
        id = self._own(most)
        value = self._turn if what == "uses" else made
        return (what, id), f"UPDATE {table} SET {what} = '{value}' WHERE id = {id}", value
