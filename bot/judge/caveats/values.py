"""Whether a column's new type says all that the old one said."""

from bot.judge.catalogue.catalogue import Catalogue
from bot.judge.effects.type_change import type_change
from bot.sql import actions as act
from bot.sql.values import Type

_NEWEST = 18
_INTEGERS = {"int2", "int4", "int8"}
_TEXTS = {"text", "varchar"}
_MOST_PRECISION = 6
_TIMES = {"timestamp", "timestamptz"}
_PAIRS = {
    ("float4", "float8"),
    ("int2", "float4"),
    ("int2", "float8"),
    ("int4", "float8"),
    ("bool", "int4"),
    ("date", "timestamp"),
    ("date", "timestamptz"),
    ("jsonb", "json"),
    ("cidr", "inet"),
}


def keeps_values(action: act.AlterColumnType, catalogue: Catalogue) -> bool:
    """Whether the old values can be told from the new ones. Between timestamp and timestamptz the
    session's time zone must be the same on the way back."""
    column = catalogue.column(action.table, action.name)
    if column is None:
        return False
    using = action.using
    if using is not None and not (using.only_casts and using.columns == (action.name,)):
        return False
    cost = type_change(column, action.type, using=using, catalogue=catalogue, postgres=_NEWEST)
    if not cost.rewrites:
        return True
    casts = [Type(each) for each in using.casts if each != action.type.name] if using else []
    # A cast cuts what is too long, which a mere change of type refuses to do.
    if using and action.type.modifiers:
        return False
    old, new = _base(column.type, catalogue), _base(action.type, catalogue)
    if old.dimensions != new.dimensions:
        return False
    if any(each.name not in _TEXTS for each in casts):
        return False
    return _tells_all(old, new, catalogue)


def _base(type_: Type, catalogue: Catalogue) -> Type:
    domain = catalogue.domains.get(type_.name)
    return domain.type if domain else type_


def _tells_all(old: Type, new: Type, catalogue: Catalogue) -> bool:
    names = old.name, new.name
    if new.name in _TEXTS or new.name.endswith(".citext"):
        return True
    if new.name in catalogue.enums:
        return old.name in catalogue.enums or old.name in _TEXTS
    if old.name in _INTEGERS and new.name in _INTEGERS:
        return True
    if old.name in _INTEGERS and new.name == "numeric":
        return True
    if names == ("numeric", "numeric"):
        return _scale(new) is None or (_scale(old) is not None and _finer(old, new))
    if set(names) <= _TIMES:
        return _precision(new) >= _precision(old)
    return names in _PAIRS


def _scale(type_: Type) -> int | None:
    """The digits behind the point; None for as many as there are."""
    return (*type_.modifiers, 0)[1] if type_.modifiers else None


def _finer(old: Type, new: Type) -> bool:
    return (_scale(new) or 0) >= (_scale(old) or 0)


def _precision(type_: Type) -> int:
    return type_.modifiers[0] if type_.modifiers else _MOST_PRECISION
