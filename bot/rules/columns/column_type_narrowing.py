"""A narrower type fails on the values that do not fit, or changes them in silence.

One row that is too long or too large stops the deployment. Times and decimals do not even fail:
what the new type cannot hold is rounded away or cut off, for good.
"""

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.sized import Sized
from bot.judge.context import Context, shown
from bot.rules.columns.additions import emptied
from bot.rules.columns.type_changes import ChangedType, changed_types
from bot.sql.actions import AlterColumnType
from bot.sql.values import Type

SEVERITY = Severity.ERROR
SIZED = Sized.SHOWN

ABOUT = (AlterColumnType,)

FIX = (
    "Prove that all values fit first: add a CHECK … NOT VALID, correct the rows, VALIDATE "
    "CONSTRAINT in a later migration folder; then move to a new column of the narrower type."
)

BEFORE = """
CREATE TYPE "Role" AS ENUM ('A');
CREATE TABLE "User" (
    "id" BIGINT NOT NULL, "name" VARCHAR(40), "bio" TEXT, "price" DECIMAL(10,2),
    "at" TIMESTAMPTZ(6), "nick" TEXT, "size" INTEGER,
    CONSTRAINT "nick_short" CHECK (char_length("nick") <= 20)
);
"""

BAD = """
ALTER TABLE "User" ALTER COLUMN "name" SET DATA TYPE VARCHAR(20);
"""

GOOD = """
ALTER TABLE "User" ADD CONSTRAINT "name_short" CHECK (char_length("name") <= 20) NOT VALID;
"""

QUIET = [
    'ALTER TABLE "User" ALTER COLUMN "name" SET DATA TYPE VARCHAR(80);',
    'ALTER TABLE "User" ALTER COLUMN "nick" SET DATA TYPE VARCHAR(20);',
    'ALTER TABLE "User" ALTER COLUMN "price" SET DATA TYPE DECIMAL(12,2);',
    'ALTER TABLE "User" ALTER COLUMN "size" SET DATA TYPE BIGINT;',
    'ALTER TABLE "User" ALTER COLUMN "size" SET DATA TYPE DECIMAL(12,2);',
    'ALTER TABLE "User" ALTER COLUMN "at" SET DATA TYPE TEXT;',
    'DELETE FROM "User"; ALTER TABLE "User" ALTER COLUMN "id" TYPE INTEGER;',
    "CREATE TABLE n (a TEXT); ALTER TABLE n ALTER a TYPE VARCHAR(5);",
]

_TEXTS = ("text", "varchar", "bpchar")
_LENGTHS = {"length", "char_length", "character_length"}
# What a type holds at most, by the number of digits before the point that always fit.
_WHOLE = {"int2": 4, "int4": 9, "int8": 18}
_MOST = {"int2": 5, "int4": 10, "int8": 19}
# The types each of these loses something on the way to.
_LOSES = {
    "timestamptz": ("timestamp", "date", "time", "timetz"),
    "timestamp": ("date", "time"),
    "float8": ("float4", *_WHOLE),
    "float4": tuple(_WHOLE),
    "interval": ("time",),
}
_PRECISE = ("timestamp", "timestamptz", "time", "timetz", "interval")
_STAMPS = {"timestamp", "timestamptz"}
_FULL = 6


def check(statement: Statement, context: Context) -> Hits:
    for each in changed_types(context):
        if each.before is None or emptied(each.table, context):
            continue
        old = each.before.type
        if _narrower(old, each.type, context) and not _proved_short(each, context):
            yield Hit(
                f"Values of {shown(each.table)}.{each.name} that fit {old} but not {each.type} "
                "make the migration fail, or are rounded or cut off.",
                about=each.action,
            )


def _narrower(old: Type, new: Type, context: Context) -> bool:
    if old.dimensions != new.dimensions:
        return False
    if old.name in _TEXTS:
        return _narrower_text(old, new, context)
    if old.name in _WHOLE or old.name == "numeric":
        return _narrower_number(old, new)
    return new.name in _LOSES.get(old.name, ()) or _rounded(old, new)


def _rounded(old: Type, new: Type) -> bool:
    alike = old.name == new.name or {old.name, new.name} == _STAMPS
    held, room = (*old.modifiers, _FULL)[0], (*new.modifiers, _FULL)[0]
    return alike and old.name in _PRECISE and room < held


def _narrower_text(old: Type, new: Type, context: Context) -> bool:
    if new.name not in _TEXTS:
        return new.name in context.catalogue.enums
    if not new.modifiers:
        return False
    return not old.modifiers or new.modifiers[0] < old.modifiers[0]


def _narrower_number(old: Type, new: Type) -> bool:
    if new.name in _WHOLE:
        if old.name in _WHOLE:
            return _WHOLE[new.name] < _WHOLE[old.name]
        digits, scale = _digits(old) or (_WHOLE[new.name] + 1, 0)
        return scale > 0 or digits > _WHOLE[new.name]
    room = _digits(new) if new.name == "numeric" else None
    if room is None:
        return False
    if old.name in _WHOLE:
        return room[0] < _MOST[old.name]
    held = _digits(old)
    return held is None or held[0] > room[0] or held[1] > room[1]


def _digits(numeric: Type) -> tuple[int, int] | None:
    """How many digits a numeric holds before and after the point; None for any number."""
    if not numeric.modifiers:
        return None
    precision, scale = (*numeric.modifiers, 0)[:2]
    return precision - scale, scale


def _proved_short(changed: ChangedType, context: Context) -> bool:
    """Whether a valid CHECK on the length of a text stands already; its number is trusted."""
    table = context.catalogue.tables.get(changed.table)
    checks = (
        each.expression
        for each in (table.constraints.values() if table else ())
        if each.validated and each.enforced and each.expression
    )
    return changed.type.name in _TEXTS and any(
        changed.name in each.columns and _LENGTHS & set(each.functions) for each in checks
    )
