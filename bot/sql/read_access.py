"""Privileges, owners and policies, read into actions."""

from collections.abc import Iterator
from typing import Any

from bot.sql import actions as act
from bot.sql.dml import always_true
from bot.sql.expressions import nodes, relation_name, relations_of
from bot.sql.kinds import object_words
from bot.sql.read_definitions import Fields
from bot.sql.read_objects import object_name

_SCOPES = {"ACL_TARGET_ALL_IN_SCHEMA": "ALL IN SCHEMA", "ACL_TARGET_DEFAULTS": "DEFAULT"}


def grant(fields: Fields) -> Iterator[act.Action]:
    on = object_words(fields.get("objtype", ""))
    scope = _SCOPES.get(fields.get("targtype", ""), "")
    objects = fields.get("objects", ())
    yield act.Grant(
        kind="GRANT" if fields.get("is_grant") else "REVOKE",
        relations=relations_of(objects),
        on=on,
        names=() if scope else tuple(_name(on, each) for each in objects),
        scope=scope,
        privileges=tuple(_privilege(each["AccessPriv"]) for each in fields.get("privileges", ())),
        grantees=roles_of(fields.get("grantees")),
        grantable=fields.get("grant_option", False),
    )


def default_privileges(fields: Fields) -> Iterator[act.Action]:
    yield from grant(fields["action"])


def _name(on: str, tree: Any) -> str:
    relation = tree.get("RangeVar")
    return relation_name(relation) if relation else object_name(on, tree)


def _privilege(fields: Fields) -> str:
    return str(fields.get("priv_name", "all"))


def roles_of(items: Any) -> tuple[str, ...]:
    """The names of roles, "public" for everybody and "" for the one who asks."""
    specs = (each["RoleSpec"] for each in items or ())
    return tuple(
        "public" if each["roletype"] == "ROLESPEC_PUBLIC" else each.get("rolename", "")
        for each in specs
    )


def change_owner(fields: Fields) -> Iterator[act.Action]:
    kind = object_words(fields["objectType"])
    relation = fields.get("relation")
    name = relation_name(relation) if relation else object_name(kind, fields["object"])
    yield act.ChangeOwner(kind, name, fields["newowner"].get("rolename", ""))


def policy(fields: Fields) -> Iterator[act.Action]:
    conditions = [fields[key] for key in ("qual", "with_check") if key in fields]
    changes = tuple(
        relation_name(inner["relation"])
        for node, inner in nodes(fields.get("actions"))
        if node in ("InsertStmt", "UpdateStmt", "DeleteStmt")
    )
    yield act.CreatePolicy(
        table=relation_name(fields.get("table") or fields["relation"]),
        name=fields.get("policy_name") or fields.get("rulename", ""),
        rule="rulename" in fields,
        command=fields.get("cmd_name", ""),
        everything="policy_name" in fields and any(map(always_true, conditions)),
        permissive=fields.get("permissive", False),
        strings=tuple(
            inner["sval"].get("sval", "")
            for node, inner in nodes(conditions)
            if node == "A_Const" and "sval" in inner
        ),
        reads=_others(relations_of([conditions, fields.get("actions")])),
        changes=_others(changes),
    )


def _others(names: tuple[str, ...]) -> tuple[str, ...]:
    """Without OLD and NEW, which a rule writes like tables."""
    return tuple(name for name in names if name not in ("public.old", "public.new"))
