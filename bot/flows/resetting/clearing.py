"""What has to be taken out of a database so that a history can be applied to it anew.

Prisma drops whole schemas, and with them extensions, owners, rights and comments. Here a schema is
emptied and stays, unless the history itself creates it in a way that wants it gone.
"""

import re
from collections.abc import Iterable, Iterator

from bot.core.findings.review import JudgedMigration
from bot.core.migrations.statement import Statement
from bot.core.resets.scene import Clearing
from bot.core.targets.url import DEFAULT_SCHEMA
from bot.sql import actions as act
from bot.sql.actions.action import Action
from bot.sql.read import actions_of

_IF_NOT_EXISTS = re.compile(r"^\s*CREATE\s+SCHEMA\s+IF\s+NOT\s+EXISTS\b", re.IGNORECASE)
# What is in no schema, and stays when schemas are emptied.
_OUTSIDE = ("PUBLICATION", "EVENT TRIGGER", "FOREIGN DATA WRAPPER", "SERVER", "LANGUAGE")
_MAKING = (act.CreateView, act.CreateSequence, act.CreateFunction, act.CreateEnum, act.CreateDomain)
_RIGHTS = (act.Grant, act.ChangeOwner)


def clearing_of(judged: Iterable[JudgedMigration], schema: str) -> Clearing:
    """For a history whose unqualified names are in that schema."""
    # Without doubles, and in the order of the history.
    schemas: dict[str, None] = {schema: None}
    remade: dict[str, None] = {}
    extensions: dict[str, None] = {}
    objects: dict[tuple[str, str], None] = {}
    rights = True
    for statement, action in _actions(judged):
        for place in _places(action):
            schemas[schema if place == DEFAULT_SCHEMA else place] = None
        if isinstance(action, act.CreateSchema) and action.name:
            schemas[action.name] = None
            if not _IF_NOT_EXISTS.match(statement.sql):
                remade[action.name] = None
        elif isinstance(action, act.CreateExtension) and not action.if_not_exists:
            extensions[action.name] = None
        elif isinstance(action, act.CreateObject) and action.kind in _OUTSIDE:
            objects[action.kind, action.name] = None
        rights = rights and not _gives_rights(action)
    return Clearing(tuple(schemas), tuple(remade), tuple(extensions), tuple(objects), rights=rights)


def _actions(judged: Iterable[JudgedMigration]) -> Iterator[tuple[Statement, Action]]:
    for migration in judged:
        for each in migration.statements:
            for action in actions_of(each.statement):
                yield each.statement, action


def _places(action: Action) -> Iterator[str]:
    """The schemas in which it makes something. In `public` is what is not qualified, too."""
    made: str | None = None
    if isinstance(action, act.CreateTable):
        made = None if action.temporary else action.table
    elif isinstance(action, act.CreateObject):
        made = None if action.kind in _OUTSIDE else action.name
    elif isinstance(action, _MAKING):
        made = action.name
    elif isinstance(action, act.SetSchema):
        yield action.schema
    if made is not None and "." in made:
        yield made.split(".")[0]


def _gives_rights(action: Action) -> bool:
    """Whether the history itself says who owns or may use what: then that is what holds."""
    owner = isinstance(action, act.TableOption) and action.command == "AT_ChangeOwner"
    return owner or isinstance(action, _RIGHTS)
