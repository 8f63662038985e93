"""What to compare the migrated schema with: the SQL that Prisma makes of schema.prisma."""

import re
from collections.abc import Iterator, Mapping

from bot.core.migrations.datamodel import Datamodel, read_datamodel
from bot.core.migrations.project import Project
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.rehearsal_order import ModelOrder
from bot.errors import UsageError
from bot.sql.parse import parse
from bot.world import Prisma

_PUBLIC = "public"
_TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')
_TEXTS = re.compile(r"""["'`]([^"'`\n]+)["'`]""")
_OPEN_DEFAULT = "@default(dbgenerated())"
# `tables: { external: [...] }` and `enums: { external: [...] }` of prisma.config.ts, as it is
# usually written: it is a program, and not ours to run.
_EXTERNAL = re.compile(r"\b(?:tables|enums)\s*:\s*\{[^{}]*?\bexternal\s*:\s*\[([^\]]*)\]")


def model_order(project: Project | None, prisma: Prisma | None) -> ModelOrder | None:
    """None where there is no schema, or no Prisma to read it."""
    if project is None or prisma is None:
        return None
    version = ""
    try:
        version = prisma.version
        script = parse(prisma.sql_of(project.schemas))
    except UsageError as error:
        return ModelOrder(version, problem=error.message)
    if script.fault is not None:
        problem = f"The SQL that Prisma makes of the schema cannot be read: {script.fault.message}"
        return ModelOrder(version, problem=problem)
    datamodel = read_datamodel(project.schemas)
    return ModelOrder(
        version,
        statements=tuple(each.sql for each in script.statements),
        schemas=_schemas(datamodel, script.statements),
        open_defaults=tuple(_open_defaults(datamodel)) if datamodel else (),
        outside=tuple(_outside(project.config)),
    )


def _schemas(datamodel: Datamodel | None, statements: tuple[Statement, ...]) -> tuple[str, ...]:
    """Those the datasource lists, and those that Prisma makes; `public` if it is neither."""
    settings: Mapping[str, str] = {}
    if datamodel is not None and datamodel.source is not None:
        settings = datamodel.source.settings
    listed = _TEXT.findall(settings.get("schemas", ""))
    made = [
        str(each.tree.get("schemaname", ""))
        for each in statements
        if each.node == "CreateSchemaStmt"
    ]
    return tuple(dict.fromkeys([*listed, *made])) or (_PUBLIC,)


def _open_defaults(datamodel: Datamodel) -> Iterator[str]:
    for model in datamodel.models:
        for field in model.fields:
            if _OPEN_DEFAULT in field.attributes:
                yield f"{model.table}.{field.column}"


def _outside(config: str) -> Iterator[str]:
    for match in _EXTERNAL.finditer(config):
        yield from _TEXTS.findall(match[1])
