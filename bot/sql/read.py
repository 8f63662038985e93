"""What a statement does: PostgreSQL's tree as actions, one reader for each kind of node."""

from collections.abc import Callable, Iterator, Mapping

from bot.core.migrations.statement import Statement
from bot.sql import actions as act
from bot.sql import read_access as access
from bot.sql import read_data as data
from bot.sql import read_objects as objects
from bot.sql import read_tables as tables
from bot.sql import read_types as types
from bot.sql.bodies import inner_of, read_body
from bot.sql.expressions import qualified, relation_name, relations_of, strings_of
from bot.sql.read_definitions import Fields, settings_of

# What reading a tree of another shape than expected raises. Such a statement is not passed over: it
# becomes an action that says so.
_UNEXPECTED = (KeyError, IndexError, TypeError, ValueError, AttributeError, StopIteration)

Reader = Callable[[Fields], Iterator[act.Action]]


def actions_of(statement: Statement) -> tuple[act.Action, ...]:
    """Everything a statement does; a command nobody knows here is one action of kind Other."""
    reader = _READERS.get(statement.node)
    if reader is None and statement.node != "DoStmt":
        return (act.Other(statement.kind, _relations(statement.tree)),)
    try:
        return tuple(reader(statement.tree) if reader else _run_block(statement))
    except _UNEXPECTED:
        return (act.Unread(statement.kind),)


def _run_block(statement: Statement) -> Iterator[act.Action]:
    arguments = (each["DefElem"] for each in statement.tree["args"])
    options = {each["defname"]: each["arg"].get("String", {}).get("sval", "") for each in arguments}
    language = options.get("language", "plpgsql").lower()
    text = options.get("as", "")
    body = read_body(text, language)
    inner = tuple(inner_of(statement, text, body))
    conditional = any(each.conditional for each in inner)
    yield act.RunBlock(text, language, conditional, body.understood, inner)
    for each in inner:
        yield from actions_of(each.statement)


def _relations(tree: Fields) -> tuple[str, ...]:
    direct = tree.get("relation")
    named = (relation_name(direct),) if direct else ()
    return named + relations_of(tree)


def _trigger(fields: Fields) -> Iterator[act.Action]:
    other = fields.get("constrrel")
    yield act.CreateTrigger(
        name=fields["trigname"],
        table=relation_name(fields["relation"]),
        function=qualified(strings_of(fields.get("funcname"))),
        deferred=fields.get("initdeferred", False),
        reads=(relation_name(other),) if other else (),
    )


def _sequence(fields: Fields) -> Iterator[act.Action]:
    owner = dict(settings_of(fields.get("options"))).get("owned_by", "")
    yield act.CreateSequence(
        relation_name(fields["sequence"]), fields.get("if_not_exists", False), owner
    )


def _alter_sequence(fields: Fields) -> Iterator[act.Action]:
    yield act.AlterSequence(
        relation_name(fields["sequence"]),
        settings_of(fields.get("options")),
        fields.get("missing_ok", False),
    )


def _created_as(fields: Fields) -> Iterator[act.Action]:
    yield from objects.create_table_as(fields)
    yield from data.created_from(fields)


def _statistics(fields: Fields) -> Iterator[act.Action]:
    name = qualified(strings_of(fields.get("defnames")))
    yield act.CreateObject("STATISTICS", name, relations_of(fields.get("relations")))


def _schema(fields: Fields) -> Iterator[act.Action]:
    yield act.CreateSchema(fields.get("schemaname", ""))


def _extension(fields: Fields) -> Iterator[act.Action]:
    yield act.CreateExtension(fields["extname"], fields.get("if_not_exists", False))


_READERS: Mapping[str, Reader] = {
    "AlterDefaultPrivilegesStmt": access.default_privileges,
    "AlterDomainStmt": types.alter_domain,
    "AlterEnumStmt": types.alter_enum,
    "AlterForeignServerStmt": data.role,
    "AlterObjectSchemaStmt": objects.set_schema,
    "AlterOwnerStmt": access.change_owner,
    "AlterPolicyStmt": access.policy,
    "AlterPublicationStmt": objects.alter_publication,
    "AlterRoleStmt": data.role,
    "AlterSeqStmt": _alter_sequence,
    "AlterTableStmt": tables.alter_table,
    "AlterUserMappingStmt": data.role,
    "CallStmt": data.call,
    "ClusterStmt": data.cluster,
    "CommentStmt": objects.comment_on,
    "CompositeTypeStmt": objects.create_object,
    "CopyStmt": data.copy,
    "CreateCastStmt": objects.create_object,
    "CreateDomainStmt": types.create_domain,
    "CreateEnumStmt": types.create_enum,
    "CreateExtensionStmt": _extension,
    "CreateForeignServerStmt": data.role,
    "CreateForeignTableStmt": tables.create_table,
    "CreateFunctionStmt": objects.create_function,
    "CreatePolicyStmt": access.policy,
    "CreatePublicationStmt": objects.create_object,
    "CreateRangeStmt": objects.create_object,
    "CreateRoleStmt": data.role,
    "CreateSchemaStmt": _schema,
    "CreateSeqStmt": _sequence,
    "CreateStmt": tables.create_table,
    "CreateStatsStmt": _statistics,
    "CreateTableAsStmt": _created_as,
    "CreateTrigStmt": _trigger,
    "CreateUserMappingStmt": data.role,
    "DefineStmt": objects.create_object,
    "DeclareCursorStmt": data.explain,
    "DeleteStmt": data.delete,
    "DropStmt": objects.drop,
    "ExplainStmt": data.explain,
    "GrantStmt": access.grant,
    "IndexStmt": objects.create_index,
    "InsertStmt": data.insert,
    "LockStmt": data.lock_table,
    "MergeStmt": data.merge,
    "PrepareStmt": data.explain,
    "RefreshMatViewStmt": objects.refresh_view,
    "ReindexStmt": objects.reindex,
    "RenameStmt": objects.rename,
    "RuleStmt": access.policy,
    "SelectStmt": data.query,
    "TransactionStmt": data.transaction,
    "TruncateStmt": data.truncate,
    "UpdateStmt": data.update,
    "VacuumStmt": data.vacuum,
    "VariableSetStmt": data.set_variable,
    "ViewStmt": objects.create_view,
}
