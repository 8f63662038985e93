"""Columns and constraints as PostgreSQL's tree describes them, read into values."""

from collections.abc import Iterator, Mapping, Sequence
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
_ATTRIBUTES = {
    "CONSTR_ATTR_DEFERRABLE": {"deferrable": True},
    "CONSTR_ATTR_NOT_DEFERRABLE": {"deferrable": False},
    "CONSTR_ATTR_DEFERRED": {"deferrable": True, "initdeferred": True},
    "CONSTR_ATTR_IMMEDIATE": {},
    "CONSTR_ATTR_ENFORCED": {"is_enforced": True},
    "CONSTR_ATTR_NOT_ENFORCED": {"is_enforced": False},
}
_KEY_ACTIONS = {"c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT", "r": "RESTRICT"}


def column_of(fields: Fields) -> Column:
    """A ColumnDef. A serial or identity column and a key are NOT NULL without saying so."""
    found = [each["Constraint"] for each in fields.get("constraints", ())]
    by_kind = {each["contype"]: each for each in found}
    name = fields["colname"]
    kind = type_of(fields["typeName"]) if "typeName" in fields else Type("unknown")
    identity = "CONSTR_IDENTITY" in by_kind
    implied = kind.serial or identity or "CONSTR_PRIMARY" in by_kind
    default = _default(by_kind)
    generated = by_kind.get("CONSTR_GENERATED")
    return Column(
        name=name,
        type=kind,
        not_null=implied or "CONSTR_NOTNULL" in by_kind,
        default=default,
        identity=identity,
        generated=_generated(generated),
        collation=".".join(strings_of(fields.get("collClause", {}).get("collname"))),
        constraints=tuple(
            constraint_of(each, column=name)
            for each in _with_attributes(found)
            if each["contype"] in _KINDS and each["contype"] != "CONSTR_NOTNULL"
        ),
        computed_from=expression_of(generated["raw_expr"]).columns if generated else (),
        filled=default is not None and default.constant != "null",
    )


def _with_attributes(constraints: Sequence[Fields]) -> Iterator[Fields]:
    """Beside a column, DEFERRABLE and NOT ENFORCED stand in the tree as constraints that follow."""
    for place, each in enumerate(constraints):
        attributes: dict[str, bool] = {}
        for follower in constraints[place + 1 :]:
            if follower["contype"] not in _ATTRIBUTES:
                break
            attributes |= _ATTRIBUTES[follower["contype"]]
        yield {**each, **attributes}


def _default(by_kind: Mapping[str, Fields]) -> Expression | None:
    default = by_kind.get("CONSTR_DEFAULT")
    return expression_of(default["raw_expr"]) if default else None


def _generated(generated: Fields | None) -> str:
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
        expression=_expression(fields),
        validated=not fields.get("skip_validation", False),
        enforced=fields.get(
            "is_enforced", fields["contype"] not in ("CONSTR_CHECK", "CONSTR_FOREIGN")
        ),
        deferrable=fields.get("deferrable", False),
        using_index=fields.get("indexname"),
        on_delete=_KEY_ACTIONS.get(fields.get("fk_del_action", ""), ""),
        initially_deferred=fields.get("initdeferred", False),
        method=fields.get("access_method") or "btree",
        no_inherit=fields.get("is_no_inherit", False),
        on_update=_KEY_ACTIONS.get(fields.get("fk_upd_action", ""), ""),
    )


def _expression(fields: Fields) -> Expression | None:
    """The condition of a CHECK, or what an EXCLUDE works out of columns."""
    if "raw_expr" in fields:
        return expression_of(fields["raw_expr"])
    excluded = (each["List"]["items"][0]["IndexElem"] for each in fields.get("exclusions", ()))
    derived = [each["expr"] for each in excluded if "expr" in each]
    return expression_of({"List": {"items": derived}}) if derived else None


def _columns(fields: Fields) -> tuple[str, ...]:
    keys = strings_of(fields.get("keys") or fields.get("fk_attrs"))
    excluded = (each["List"]["items"][0]["IndexElem"] for each in fields.get("exclusions", ()))
    return keys or tuple(each["name"] for each in excluded if "name" in each)


def settings_of(items: Any) -> tuple[tuple[str, str], ...]:
    """A list of DefElem nodes as names and values; one without a value is "true"."""
    found = (each["DefElem"] for each in items or () if "DefElem" in each)
    return tuple((_setting(each), _value(each.get("arg"))) for each in found)


def _setting(fields: Fields) -> str:
    space = fields.get("defnamespace")
    return f"{space}.{fields['defname']}" if space else str(fields["defname"])


def _value(tree: Any) -> str:
    node, fields = next(iter(tree.items())) if tree else ("", {})
    if node in ("TypeName", "List"):
        return ".".join(strings_of(fields.get("names") or fields.get("items")))
    values = {
        "String": ("sval", ""),
        "Integer": ("ival", 0),
        "Float": ("fval", ""),
        "Boolean": ("boolval", False),
    }
    key, missing = values.get(node, ("", True))
    return str(fields.get(key, missing)).lower()
