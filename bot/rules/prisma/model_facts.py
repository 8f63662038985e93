"""What of a Prisma schema makes a difference to the database, to compare two. No rule by itself."""

import re
from collections.abc import Iterator, Mapping

from bot.core.migrations.datamodel import Datamodel, Field, Model

# Worked out by Prisma's client, so the database knows nothing of them.
_CLIENTS = re.compile(
    r'@updatedAt|@ignore|@map\("(?:[^"\\]|\\.)*"\)|@map\(name:"(?:[^"\\]|\\.)*"\)'
    r"|@default\((?:cuid|uuid|ulid|nanoid)\([^()]*\)\)"
)
_RELATION = re.compile(r"@relation\(")
_ACTION = re.compile(r"(onDelete|onUpdate):(\w+)")
_NAME_ARGUMENT = re.compile(r'\bname:"(?:[^"\\]|\\.)*",?')
_KEPT = ("@@id", "@@unique", "@@index")
_TEXT_OR_WORD = re.compile(r'"(?:[^"\\]|\\.)*"|\w+|.', re.DOTALL)


def facts_of(datamodel: Datamodel) -> Mapping[str, frozenset[str]]:
    """By table, lines that are the same wherever Prisma would write the same SQL for it."""
    return {
        model.table: frozenset(_facts(model, datamodel))
        for model in datamodel.models
        if not model.view
    }


def _facts(model: Model, datamodel: Datamodel) -> Iterator[str]:
    columns = {each.name: each.column for each in model.fields}
    scalars = set(datamodel.columns_of(model))
    types = {each.name: each.type for each in datamodel.enums}
    for field in model.fields:
        if field in scalars:
            yield _column(field, types.get(field.type, field.type))
        elif _RELATION.search(field.attributes):
            actions = ",".join(sorted(map(":".join, _ACTION.findall(field.attributes))))
            target = next((m.table for m in datamodel.models if m.name == field.type), field.type)
            yield f"{target} {_renamed(_fields_of(field), columns)} {actions}"
    for attribute in model.attributes:
        if attribute.startswith(_KEPT):
            yield _renamed(_NAME_ARGUMENT.sub("", attribute), columns)


def _column(field: Field, kind: str) -> str:
    shape = "?" if field.optional else "[]" if field.repeated else ""
    said = sorted(re.findall(r"@[^@]+", _CLIENTS.sub("", field.attributes)))
    return f"{field.column} {kind}{shape} {' '.join(said)}"


def _fields_of(field: Field) -> str:
    match = re.search(r"fields:\[([^\]]*)\]", field.attributes)
    return match[1] if match else ""


def _renamed(text: str, columns: Mapping[str, str]) -> str:
    """With columns in the place of the fields that are named in it."""
    return "".join(columns.get(each, each) for each in _TEXT_OR_WORD.findall(text))
