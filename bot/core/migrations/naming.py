"""The name of a new migration: the time of UTC and the words, behind every folder that is there."""

from collections.abc import Sequence
from datetime import MAXYEAR, UTC, datetime, timedelta

from bot.core.migrations.migration import sort_key, timestamp_of
from bot.core.migrations.slug import prisma_slug
from bot.errors import UsageError

_SECOND = timedelta(seconds=1)


def name_for(words: str, names: Sequence[str], now: datetime) -> str:
    """As `prisma migrate dev --name WORDS` calls it, and after all that there are.

    Where a folder is of this second or of the future, it is a second later than that. Raises
    UsageError for words without a letter, and where no time would put it behind the last.
    """
    slug = prisma_slug(words)
    if not slug:
        given = repr(words.strip()) if words.strip() else "An empty text"
        raise UsageError(
            f"{given} is no name for a migration: nothing of it is left in the letters a to z and "
            "digits.",
            hint="Say in a word or two what it does, such as `create add_orders`.",
        )
    name = f"{_written(_time_after(names, now))}_{slug}"
    in_the_way = [each for each in names if not _before(each, name)]
    if in_the_way:
        raise UsageError(
            f"{name} would stand before {in_the_way[-1]}, and run before it.",
            hint="Give that folder a name that begins with the time it was made at, as Prisma's "
            "do, before others come after it.",
        )
    return name


def _time_after(names: Sequence[str], now: datetime) -> datetime:
    times = [each for name in names if (each := timestamp_of(name)) and each.year < MAXYEAR]
    here = now.astimezone(UTC).replace(microsecond=0)
    return max([here, *(each + _SECOND for each in times)])


def _written(at: datetime) -> str:
    return f"{at.year:04}{at:%m%d%H%M%S}"


def _before(other: str, name: str) -> bool:
    """In the order of every version of Prisma: up to 6.5 it goes by bytes."""
    return sort_key(other) < sort_key(name) and other.encode() < name.encode()
