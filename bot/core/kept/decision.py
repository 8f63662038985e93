"""Whether a loss is kept, decided from the table as it is: what cannot be kept says why."""

from dataclasses import replace

from bot.core.kept.kept import Keep, Unkept
from bot.core.kept.loss import Losing, Loss, NewType
from bot.core.kept.policy import KeepPolicy
from bot.core.kept.table import Cascade, KeptColumn, Shelf, TableToKeep
from bot.core.rehearsals.sizes import size_text

# What PostgreSQL adds to each row.
_ROW = 36
_TEXTS = ("text", "character varying")
# The old type, and the types that take each of its values as it is.
_SAME: dict[str, tuple[str, ...]] = {
    "smallint": ("integer", "bigint", "numeric", "real", "double precision", *_TEXTS),
    "integer": ("bigint", "numeric", "double precision", *_TEXTS),
    "bigint": ("numeric", *_TEXTS),
    "real": ("double precision",),
    "uuid": _TEXTS,
    "text": ("varchar", *_TEXTS),
    "character varying": ("varchar", *_TEXTS),
    "date": ("timestamp without time zone", *_TEXTS),
    "boolean": _TEXTS,
}
# As a file may call them.
_TYPE_WORDS = {
    "varchar": "character varying",
    "char": "character",
    "timestamptz": "timestamp with time zone",
    "timetz": "time with time zone",
}
_ZONELESS = ("timestamp", "time")


def decide(
    loss: Loss,
    table: TableToKeep | None,
    shelf: Shelf,
    policy: KeepPolicy,
    *,
    matching: int | None = None,
    timeout: int = 0,
) -> Keep | Unkept | None:
    """None if nothing is lost after all. `matching` is how many rows an UPDATE or DELETE will
    change, as the planner thinks. `timeout` is how many milliseconds a statement may run; 0 is no
    limit."""
    if loss.obstacle:
        return Unkept(loss, loss.obstacle)
    if table is None:
        return None
    columns = _columns(loss, table)
    if not columns:
        return None
    why = shelf.obstacle or table.obstacle or _forbidden(loss, table)
    key = _key(loss, table)
    if not why and key is None:
        why = "without a key that is never null its rows cannot be found again"
    if why:
        return Unkept(loss, why)
    if loss.kind is Losing.UPDATED and table.rewritten:
        columns = tuple(
            each for each in table.columns if not each.generated and each not in (key or ())
        )
    keep = _measured(loss, table, key or (), columns, matching)
    why = _too_much(keep, shelf, policy, timeout)
    return Unkept(loss, why) if why else keep


def decide_following(
    above: Keep,
    by: Cascade,
    table: TableToKeep,
    shelf: Shelf,
    policy: KeepPolicy,
    *,
    why: str = "",
    timeout: int = 0,
) -> Keep | Unkept:
    """Of rows that are deleted with others. `why` is what is known to forbid it, "" if nothing."""
    loss = replace(
        above.loss, table=by.table, relation=table.relation, columns=(), change=None, spoilt=()
    )
    if why:
        return Unkept(loss, why)
    # As many of them as of the rows that they point to.
    share = above.rows / max(above.table.rows, 1)
    found = decide(
        loss, table, shelf, policy, matching=round(table.rows * min(share, 1)), timeout=timeout
    )
    if isinstance(found, Keep):
        return replace(found, above=above, by=by)
    return found or Unkept(loss, "it has no column that could be kept")


def is_lossless(old: KeptColumn, new: NewType) -> bool:
    """Whether every value of the old type is a value of the new, so that the way back is a cast."""
    if not new.casts:
        return False
    wanted, numbers = _taken_apart(new.type)
    before, old_numbers = _taken_apart(old.type)
    if not old.plain:
        # Labels of an enum, for one: each that is not there in the new type is refused.
        return wanted in _TEXTS and not numbers
    if wanted == before:
        return not numbers or numbers == old_numbers or _is_wider(old_numbers, numbers)
    return not numbers and wanted in _SAME.get(before, ())


def _taken_apart(type: str) -> tuple[str, str]:
    """A type as PostgreSQL calls it, and what is in its brackets: `timestamp(3) with time zone`."""
    name, _, rest = type.partition("(")
    numbers, _, ending = rest.partition(")")
    if name in _ZONELESS and not ending:
        ending = " without time zone"
    return _TYPE_WORDS.get(name, name) + ending, numbers


def _is_wider(old: str, new: str) -> bool:
    """Of varchar(10) and varchar(20); a value that does not fit is refused, and none is cut."""
    return old.isdigit() and new.isdigit() and int(old) <= int(new)


def _columns(loss: Loss, table: TableToKeep) -> tuple[KeptColumn, ...]:
    """What is kept of each row; what is worked out anew from the rest is not."""
    stored = tuple(each for each in table.columns if not each.generated)
    if not loss.columns:
        return stored
    lossy = {each.column: each for each in loss.types}
    return tuple(
        each
        for each in stored
        if each.name in loss.columns
        and not (each.name in lossy and is_lossless(each, lossy[each.name]))
    )


def _key(loss: Loss, table: TableToKeep) -> tuple[KeptColumn, ...] | None:
    """The first key that the migration leaves alone from there on; for whole rows none is asked
    for."""
    changed = {*loss.columns, *loss.spoilt}
    for names in table.keys:
        if not loss.kind.keyed or not {*names} & changed:
            found = [table.column(name) for name in names]
            return tuple(each for each in found if each is not None)
    return None if loss.kind.keyed else ()


def _forbidden(loss: Loss, table: TableToKeep) -> str:
    changed = sorted({each.table for each in table.cascades if not each.deletes})
    if loss.kind is Losing.DELETED and changed:
        return f"rows of {', '.join(changed)} are changed with it, by foreign keys"
    if loss.kind is Losing.DELETED and table.decided:
        return "a trigger of it decides which rows are deleted"
    if loss.kind is Losing.EMPTIED:
        others = [each for each in table.referring if each not in loss.with_it]
        if others:
            return f"{', '.join(others)} would be emptied with it"
    if loss.kind is Losing.UPDATED and (followed := {*loss.columns} & {*table.cascading}):
        return f"other tables follow what is written to {min(followed)}, by foreign keys"
    return ""


def _measured(
    loss: Loss,
    table: TableToKeep,
    key: tuple[KeptColumn, ...],
    columns: tuple[KeptColumn, ...],
    matching: int | None,
) -> Keep:
    rows = table.rows if matching is None else matching
    width = _ROW + sum(each.width for each in (*key, *columns))
    if loss.kind.compared:
        # Beside them stands what the statement has made of them.
        width += _ROW + sum(each.width for each in columns)
    bytes = max(table.bytes if loss.kind.wholesale else rows * width, 8192)
    return Keep(loss, table, key, columns, rows, bytes, partial=loss.kind in table.woken)


def _too_much(keep: Keep, shelf: Shelf, policy: KeepPolicy, timeout: int) -> str:
    left = max(policy.budget - shelf.bytes, 0)
    if keep.bytes > left:
        return (
            f"it takes about {size_text(keep.bytes)}, and of the budget of "
            f"{size_text(policy.budget)} {size_text(left)} are left"
        )
    in_use = keep.loss.kind in (Losing.COLUMNS, Losing.TYPES, Losing.EMPTIED)
    seconds = policy.seconds_for(keep.bytes)
    if timeout and seconds * 1000 > timeout:
        return f"the copy takes about {seconds:.0f} s, and a statement may run {timeout / 1000:g} s"
    if in_use and seconds * 1000 > policy.hold:
        return (
            f"the copy would keep {keep.table.relation} locked for about {seconds:.0f} s longer, "
            f"and `hold` allows {policy.hold / 1000:g} s"
        )
    return ""
