"""Which of a repository's databases a command is about."""

from collections.abc import Sequence

from bot.core.settings import Settings
from bot.errors import UsageError

OPTION = "--database"


def chosen_of(
    configured: Sequence[Settings], *, database: str | None, folder: str | None
) -> Sequence[Settings]:
    """Those that `--database` or `--migrations` leave. Raises UsageError if that is none."""
    named = {each.database: each for each in configured if each.database}
    if database is not None:
        if database in named:
            return [named[database]]
        known = ", ".join(named)
        raise UsageError(
            f"There is no database {database!r} in the configuration.",
            hint=f"Use one of: {known}." if known else f"It has one, without a name: no {OPTION}.",
        )
    if folder is not None and named:
        found = [each for each in configured if each.folder == folder.strip("/")]
        if found:
            return found
        raise UsageError(
            f"{folder} is the migrations folder of no database in the configuration.",
            hint=f"Say {OPTION} and one of: {', '.join(named)}.",
        )
    return configured
