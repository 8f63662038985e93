"""In which folders two histories differ."""

from bot.core.migrations.history import History


def differing(one: History, other: History) -> frozenset[str]:
    """The folders that one has and the other has not, or whose scripts differ."""
    ones, others = _texts(one), _texts(other)
    names = ones.keys() | others.keys()
    return frozenset(name for name in names if ones.get(name) != others.get(name))


def _texts(history: History) -> dict[str, str | None]:
    """Each folder's script, with "" for a folder without one to tell it from no folder."""
    texts: dict[str, str | None] = dict.fromkeys(history.incomplete, "")
    return texts | {each.name: f"\n{each.sql}" for each in history.migrations}
