"""What a statement does: PostgreSQL's tree as actions, one reader for each kind of node."""

from collections.abc import Callable, Iterator, Mapping

from bot.core.statement import Statement
from bot.sql import actions as act
from bot.sql import read_access as access
from bot.sql import read_data as data
from bot.sql import read_objects as objects
from bot.sql import read_tables as tables
from bot.sql.expressions import qualified, relation_name, relations_of, strings_of
from bot.sql.read_definitions import Fields, settings_of

# What reading a tree of another shape than expected raises. Such a statement is not passed over: it
# becomes an action that says so.
_UNEXPECTED = (KeyError, IndexError, TypeError, ValueError, AttributeError, StopIteration)

Reader = Callable[[Fields], Iterator[act.Action]]


def actions_of(statement: Statement) -> tuple[act.Action, ...]:
    """Everything a statement does; a command nobody knows here is one action of kind Other."""
    reader = _READERS.get(statement.node)
    if reader is None:
        return (act.Other(statement.kind, _relations(statement.tree)),)
    try:
        return tuple(reader(statement.tree))
    except _UNEXPECTED:
        return (act.Unread(statement.kind),)


def _relations(tree: Fields) -> tuple[str, ...]:
    direct = tree.get("relation")
    named = (relation_name(direct),) if direct else ()
    return named + relations_of(tree)


def _trigger(fields: Fields) -> Iterator[act.Action]:
    function = qualified(strings_of(fields.get("funcname")))
    deferred = fields.get("initdeferred", False)
    yield act.CreateTrigger(
        fields["trigname"], relation_name(fields["relation"]), function, deferred
    )


def _sequence(fields: Fields) -> Iterator[act.Action]:
    yield act.CreateSequence(relation_name(fields["sequence"]))


def _alter_sequence(fields: Fields) -> Iterator[act.Action]:
    yield act.AlterSequence(relation_name(fields["sequence"]), settings_of(fields.get("options")))


def _schema(fields: Fields) -> Iterator[act.Action]:
    yield act.CreateSchema(fields.get("schemaname", ""))


def _extension(fields: Fields) -> Iterator[act.Action]:
    yield act.CreateExtension(fields["extname"], fields.get("if_not_exists", False))


_READERS: Mapping[str, Reader] = {
    "AlterDefaultPrivilegesStmt": access.default_privileges,
    "AlterDomainStmt": objects.alter_domain,
    "AlterEnumStmt": objects.alter_enum,
    "AlterForeignServerStmt": data.role,
    "AlterObjectSchemaStmt": objects.set_schema,
    "AlterOwnerStmt": access.change_owner,
    "AlterPolicyStmt": access.policy,
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
    "CreateDomainStmt": objects.create_domain,
    "CreateEnumStmt": objects.create_enum,
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
    "CreateTableAsStmt": objects.create_table_as,
    "CreateTrigStmt": _trigger,
    "CreateUserMappingStmt": data.role,
    "DefineStmt": objects.create_object,
    "DeleteStmt": data.delete,
    "DoStmt": objects.run_block,
    "DropStmt": objects.drop,
    "GrantStmt": access.grant,
    "IndexStmt": objects.create_index,
    "InsertStmt": data.insert,
    "LockStmt": data.lock_table,
    "MergeStmt": data.merge,
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
