"""Columns and constraints as PostgreSQL's tree describes them, read into values."""

from collections.abc import Mapping
from typing import Any

from bot.sql.expressions import expression_of, relation_name, strings_of, type_of
from bot.sql.values import Column, Constraint, ConstraintKind, Expression, Type

Fields = Mapping[str, Any]

_KINDS = {
    "CONSTR_PRIMARY": ConstraintKind.PRIMARY_KEY,
    "CONSTR_UNIQUE": ConstraintKind.UNIQUE,
    "CONSTR_CHECK": ConstraintKind.CHECK,
    "CONSTR_FOREIGN": ConstraintKind.FOREIGN_KEY,
    "CONSTR_EXCLUSION": ConstraintKind.EXCLUDE,
    "CONSTR_NOTNULL": ConstraintKind.NOT_NULL,
}
_ON_DELETE = {"c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT", "r": "RESTRICT"}


def column_of(fields: Fields) -> Column:
    """A ColumnDef. A serial or identity column and a key are NOT NULL without saying so."""
    found = [each["Constraint"] for each in fields.get("constraints", ())]
    by_kind = {each["contype"]: each for each in found}
    name = fields["colname"]
    kind = type_of(fields["typeName"]) if "typeName" in fields else Type("unknown")
    identity = "CONSTR_IDENTITY" in by_kind
    implied = kind.serial or identity or "CONSTR_PRIMARY" in by_kind
    return Column(
        name=name,
        type=kind,
        not_null=implied or "CONSTR_NOTNULL" in by_kind,
        default=_default(by_kind),
        identity=identity,
        generated=_generated(by_kind),
        collation=".".join(strings_of(fields.get("collClause", {}).get("collname"))),
        constraints=tuple(
            constraint_of({**_delay(by_kind), **each}, column=name)
            for each in found
            if each["contype"] in _KINDS and each["contype"] != "CONSTR_NOTNULL"
        ),
    )


def _delay(by_kind: Mapping[str, Fields]) -> Fields:
    """Beside a column, DEFERRABLE and INITIALLY DEFERRED are nodes of their own."""
    late = "CONSTR_ATTR_DEFERRED" in by_kind
    return {"deferrable": late or "CONSTR_ATTR_DEFERRABLE" in by_kind, "initdeferred": late}


def _default(by_kind: Mapping[str, Fields]) -> Expression | None:
    default = by_kind.get("CONSTR_DEFAULT")
    return expression_of(default["raw_expr"]) if default else None


def _generated(by_kind: Mapping[str, Fields]) -> str:
    generated = by_kind.get("CONSTR_GENERATED")
    if generated is None:
        return ""
    return "virtual" if generated.get("generated_kind") == "v" else "stored"


def constraint_of(fields: Fields, *, column: str = "") -> Constraint:
    """A Constraint node; `column` is the one it is written beside, if any."""
    referenced = fields.get("pktable")
    return Constraint(
        kind=_KINDS[fields["contype"]],
        name=fields.get("conname", ""),
        columns=_columns(fields) or ((column,) if column else ()),
        references=relation_name(referenced) if referenced else None,
        referenced=strings_of(fields.get("pk_attrs")),
        expression=expression_of(fields["raw_expr"]) if "raw_expr" in fields else None,
        validated=not fields.get("skip_validation", False),
        enforced=fields.get(
            "is_enforced", fields["contype"] not in ("CONSTR_CHECK", "CONSTR_FOREIGN")
        ),
        deferrable=fields.get("deferrable", False),
        using_index=fields.get("indexname"),
        on_delete=_ON_DELETE.get(fields.get("fk_del_action", ""), ""),
        initially_deferred=fields.get("initdeferred", False),
    )


def _columns(fields: Fields) -> tuple[str, ...]:
    keys = strings_of(fields.get("keys") or fields.get("fk_attrs"))
    excluded = (each["List"]["items"][0]["IndexElem"] for each in fields.get("exclusions", ()))
    return keys or tuple(each["name"] for each in excluded if "name" in each)
