"""Prisma histories made up from a seed, as long as asked for; every one of them applies cleanly.

The mixture is that of real histories: one large first migration, then about three statements a
folder, most of them columns, indexes and relations, now and then a table, an enum or some data.
"""

import random
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.author import Author, Step
from benchmarks.prisma_text import warning
from bot.core.migrations.migration import LOCK_FILE, SCRIPT, Migration

FOLDER = "prisma/migrations"
LOCK = 'provider = "postgresql"\n'

_BEGINNING = datetime(2022, 1, 10, 8, 0, 0, tzinfo=UTC)


def make_history(count: int, *, seed: int = 1) -> tuple[Migration, ...]:
    """So many migrations, the same ones for the same seed, the shorter history always a prefix."""
    source = random.Random(seed)
    author = Author(source)
    at = _BEGINNING
    made = []
    for number in range(count):
        what, sql = _written([author.begin()] if number == 0 else _steps(author, source))
        name = f"{at:%Y%m%d%H%M%S}_{what}"
        made.append(Migration(name, f"{FOLDER}/{name}/{SCRIPT}", sql))
        at += timedelta(seconds=source.randint(1_800, 100_000))
    return tuple(made)


def _steps(author: Author, source: random.Random) -> list[Step]:
    return [author.go_on() for _ in range(source.choices((1, 2, 3, 4), (50, 25, 15, 10))[0])]


def _written(steps: Sequence[Step]) -> tuple[str, str]:
    """What a migration is called, and its text: first what is lost, then the steps."""
    lost = [each.lost for each in steps if each.lost]
    body = "\n".join(each.sql for each in steps)
    return steps[0].what, (warning(lost) if lost else "") + body


def write_history(migrations: Iterable[Migration], root: Path) -> Path:
    """Write the migrations below `root` where Prisma would have them; returns their folder."""
    folder = root / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    (folder / LOCK_FILE).write_text(LOCK, "utf-8")
    for each in migrations:
        (folder / each.name).mkdir()
        (folder / each.name / SCRIPT).write_text(each.sql, "utf-8")
    return folder
