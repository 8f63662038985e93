"""Which objects that a statement drops or renames may be in use. No rule by itself."""

from collections.abc import Iterator, Mapping

from bot.judge.context import Context, MigrationContext
from bot.judge.replay.births import RELATION, Key, key_of, named_by
from bot.sql.actions import DropObjects, Rename


def dropped(context: Context, *kinds: str) -> Iterator[str]:
    """What the statement drops of these kinds that the file neither created nor creates again."""
    for drop in context.all(DropObjects):
        for name in drop.names if drop.kind in kinds else ():
            key = key_of(drop.kind, name, drop.relation)
            if not (is_new(context, key) or comes_back(context, key) or _replaced(context, key)):
                yield name


def is_new(context: Context, key: Key) -> bool:
    """Whether nobody uses it yet: this migration or pull request created it."""
    if key[0] == RELATION:
        return context.is_new(key[1])
    born = context.catalogue.births.get(key)
    return context.file.baseline or (born is not None and born >= context.file.fresh_from)


def comes_back(context: Context, key: Key) -> bool:
    """Whether something bears the name again further down the file."""
    return context.file.once(_names).get(key, -1) > context.position


def _replaced(context: Context, key: Key) -> bool:
    """Whether the file renamed it aside, and put something else in its place."""
    aside = (each for each in context.earlier.all(Rename) if _new(each) == key)
    names = context.file.once(_names)
    return any(key_of(each.kind, each.old, each.relation) in names for each in aside)


def _new(action: Rename) -> Key:
    return key_of(action.kind, action.new, action.relation)


def _names(file: MigrationContext) -> Mapping[Key, int]:
    """Whatever a statement of the file gives a name to, and the last one that does."""
    found: dict[Key, int] = {}
    for position, step in enumerate(file.steps):
        for action in step.actions:
            key = named_by(action)
            if key:
                found[key] = position
    return found
