"""What ALTER COLUMN … TYPE costs: whether the table is rewritten, and whether its indexes are.

Every case was measured on PostgreSQL 10 to 18. A change that is not known to be free is a rewrite.
"""

from dataclasses import dataclass

from bot.judge.catalogue.catalogue import Catalogue
from bot.sql.values import Column, Expression, Type

_PRECISION = ("timestamp", "timestamptz", "time", "timetz", "interval")
_MOST_PRECISION = 6


@dataclass(frozen=True)
class TypeChange:
    rewrites: bool
    rebuilds_indexes: bool = False


REWRITE = TypeChange(rewrites=True, rebuilds_indexes=True)
FREE = TypeChange(rewrites=False)
INDEXES = TypeChange(rewrites=False, rebuilds_indexes=True)


def type_change(
    column: Column | None,
    new: Type,
    *,
    using: Expression | None = None,
    collation: str = "",
    catalogue: Catalogue,
    postgres: int,
) -> TypeChange:
    """The cost of giving a column a new type; `column` is None if its type is not known.

    Between timestamp and timestamptz the session's time zone decides: it is taken to be UTC.
    """
    if column is None or (using and not _is_the_column(using, column.name, new)):
        return REWRITE
    change = FREE
    if column.type != new:
        target = catalogue.domains.get(new.name)
        if target and target.constrained:
            return REWRITE
        change = _change(_was(column.type, catalogue), target.type if target else new, postgres)
    if not change.rewrites and _named(collation) != _named(column.collation):
        return INDEXES
    return change


def compared_as(type_: Type, catalogue: Catalogue) -> str:
    """What decides how the values of a type are compared: text and varchar are the same."""
    domain = catalogue.domains.get(type_.name)
    name = domain.type.name if domain else type_.name
    array = "[]" if type_.dimensions else ""
    return {"varchar": "text", "cidr": "inet"}.get(name, name) + array


def _is_the_column(using: Expression, name: str, new: Type) -> bool:
    return using.only_casts and using.columns == (name,) and set(using.casts) <= {new.name}


def _named(collation: str) -> str:
    return collation or "default"


def _was(type_: Type, catalogue: Catalogue) -> Type:
    """A domain is its base type; how long its values can be, PostgreSQL does not look up."""
    domain = catalogue.domains.get(type_.name)
    return Type(domain.type.name) if domain else type_


def _change(old: Type, new: Type, postgres: int) -> TypeChange:
    if old.dimensions or new.dimensions:
        same = old.name == new.name and bool(old.dimensions) == bool(new.dimensions)
        free = same and new.modifiers in ((), old.modifiers)
        return FREE if free else REWRITE
    if (old.name, old.modifiers) == (new.name, new.modifiers):
        return FREE
    if {old.name, new.name} == {"int4", "oid"}:
        return INDEXES
    if {old.name, new.name} == {"timestamp", "timestamptz"}:
        free = postgres >= 12 and _precision(new) == _MOST_PRECISION
        return INDEXES if free else REWRITE
    if _case_insensitive(old) != _case_insensitive(new):
        return INDEXES if _free(_as_text(old), _as_text(new)) else REWRITE
    return FREE if _free(old, new) else REWRITE


def _case_insensitive(type_: Type) -> bool:
    """The citext extension's type: stored like text, but sorted differently in an index."""
    return type_.name.partition(".")[2] == "citext"


def _as_text(type_: Type) -> Type:
    return Type("text") if _case_insensitive(type_) else type_


def _free(old: Type, new: Type) -> bool:
    names = old.name, new.name
    if old.name in ("varchar", "text") and new.name in ("varchar", "text"):
        return _wider(old if old.name == "varchar" else Type("text"), new)
    if names in (("cidr", "inet"), ("xml", "text")):
        return True
    if names == ("bit", "varbit"):
        return not new.modifiers
    if old.name != new.name:
        return False
    if old.name in _PRECISION:
        return _precision(new) >= _precision(old)
    if old.name == "varbit":
        return _wider(old, new)
    return old.name == "numeric" and _wider_number(old, new)


def _wider(old: Type, new: Type) -> bool:
    if new.name == "text" or not new.modifiers:
        return True
    return bool(old.modifiers) and new.modifiers[0] >= old.modifiers[0]


def _wider_number(old: Type, new: Type) -> bool:
    if not new.modifiers:
        return True
    if not old.modifiers:
        return False
    old_precision, old_scale = (*old.modifiers, 0)[:2]
    new_precision, new_scale = (*new.modifiers, 0)[:2]
    return old_scale == new_scale and new_precision >= old_precision


def _precision(type_: Type) -> int:
    return type_.modifiers[0] if type_.modifiers else _MOST_PRECISION
