"""Which actions of a statement are run: all of them, but for the branches of a DO block."""

from collections.abc import Callable, Iterable, Iterator

from bot.judge.catalogue import Catalogue
from bot.sql import actions as act
from bot.sql.actions import Action, Branch, Presence, RunBlock


def running(actions: Iterable[Action], catalogue: Catalogue) -> Iterator[Action]:
    """The actions that are run, or may be; conditions are looked up when their turn comes."""
    branches: tuple[Branch, ...] = ()
    decided: dict[Branch, bool] = {}
    place = -1
    for action in actions:
        if isinstance(action, RunBlock):
            branches, decided, place = action.branches, {}, -1
            yield action
            continue
        place += 1
        around = [each for each in branches if each.first <= place < each.last]
        for branch in around:
            if branch.first == place:
                decided[branch] = all(_holds(each, catalogue) for each in branch.conditions)
            if branch.caught and _refused(action, catalogue):
                decided[branch] = False
        if all(decided[each] for each in around):
            yield action


def uncertain(block: RunBlock) -> bool:
    """Whether something in the block is not known before it runs."""
    conditions = (each for branch in block.branches for each in branch.conditions)
    return bool(block.unread) or block.language != "plpgsql" or None in conditions


def _holds(condition: Presence | None, catalogue: Catalogue) -> bool:
    """Whether it holds, or may hold where that is not known."""
    if condition is None:
        return True
    there = _THERE[condition.kind](catalogue, condition.name, condition.relation)
    return there == condition.wanted


def _constraint(catalogue: Catalogue, name: str, table: str) -> bool:
    tables = [catalogue.tables.get(table)] if table else catalogue.tables.values()
    return any(each is not None and name in each.constraints for each in tables)


def _column(catalogue: Catalogue, name: str, table: str) -> bool:
    if table:
        return catalogue.column(table, name) is not None
    return any(name in each.columns for each in catalogue.tables.values())


def _trigger(catalogue: Catalogue, name: str, table: str) -> bool:
    triggers = catalogue.triggers.values()
    return any(each.name == name and table in ("", each.table) for each in triggers)


def _policy(catalogue: Catalogue, name: str, table: str) -> bool:
    tables = catalogue.tables.values()
    return any(name in each.policies and table in ("", each.name) for each in tables)


def _type(catalogue: Catalogue, name: str, _: str) -> bool:
    return any(_bare(each) == name for each in (*catalogue.enums, *catalogue.domains))


def _relation(catalogue: Catalogue, name: str, _: str) -> bool:
    kinds = (catalogue.tables, catalogue.views, catalogue.indexes, catalogue.sequences)
    return any(_bare(each) == name for kind in kinds for each in kind)


def _bare(name: str) -> str:
    return name.partition(".")[2]


_THERE: dict[str, Callable[[Catalogue, str, str], bool]] = {
    "CONSTRAINT": _constraint,
    "COLUMN": _column,
    "TRIGGER": _trigger,
    "POLICY": _policy,
    "TYPE": _type,
    "RELATION": _relation,
}


def _refused(action: Action, catalogue: Catalogue) -> bool:
    """Whether the server refuses to create it because it is there."""
    match action:
        case act.CreateEnum():
            return action.name in catalogue.enums
        case act.CreateTable():
            return action.table in catalogue.tables
        case act.CreateIndex():
            return action.name in catalogue.indexes
        case act.AddColumn():
            return catalogue.column(action.table, action.column.name) is not None
        case act.AddConstraint():
            return catalogue.constraint(action.table, action.constraint.name) is not None
    return False
