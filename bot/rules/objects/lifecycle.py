"""Which objects that a statement drops or renames may be in use. No rule by itself."""

from collections.abc import Iterator, Sequence

from bot.judge.births import RELATION, Key, key_of, named_by
from bot.judge.context import Context, Step
from bot.sql.actions import Action, DropObjects, Rename


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
    return _named(context.later, key)


def _replaced(context: Context, key: Key) -> bool:
    """Whether the file renamed it aside, and put something else in its place."""
    aside = (each for each in _actions(context.earlier) if isinstance(each, Rename))
    former = (key_of(each.kind, each.old, each.relation) for each in aside if _new(each) == key)
    return any(_named(context.file.steps, each) for each in former)


def _new(action: Rename) -> Key:
    return key_of(action.kind, action.new, action.relation)


def _named(steps: Sequence[Step], key: Key) -> bool:
    return any(named_by(each) == key for each in _actions(steps))


def _actions(steps: Sequence[Step]) -> Iterator[Action]:
    return (action for step in steps for action in step.actions)
