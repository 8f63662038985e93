"""What becomes of a database by each kind of command, by the node that it is.

A command is passed without a word only where it is known to lose nothing. What is in none of these
sets is told as not known.
"""

from bot.core.migrations.caveat import Caveat, CaveatKind
from bot.sql.expressions import relation_name
from bot.sql.read_definitions import Fields, settings_of

# It leaves rows and schema as they are, or works out anew what is worked out of rows (an index).
IDLE = frozenset({
    "CheckPointStmt", "ClosePortalStmt", "ClusterStmt", "ConstraintsSetStmt", "DeallocateStmt",
    "DeclareCursorStmt", "DiscardStmt", "ExplainStmt", "FetchStmt", "ListenStmt", "LockStmt",
    "NotifyStmt", "PrepareStmt", "ReindexStmt", "SelectStmt", "TransactionStmt", "UnlistenStmt",
    "VacuumStmt", "VariableSetStmt", "VariableShowStmt",
})  # fmt: skip
# Whatever it changes is seen by who compares the schema before with that after; the rows that go
# with it are among its effects.
SEEN = frozenset({
    "AlterCollationStmt", "AlterDefaultPrivilegesStmt", "AlterDomainStmt", "AlterEnumStmt",
    "AlterEventTrigStmt", "AlterExtensionContentsStmt", "AlterExtensionStmt", "AlterFdwStmt",
    "AlterForeignServerStmt", "AlterFunctionStmt", "AlterObjectSchemaStmt", "AlterOpFamilyStmt",
    "AlterOperatorStmt", "AlterOwnerStmt", "AlterPolicyStmt", "AlterPublicationStmt",
    "AlterSeqStmt", "AlterStatsStmt", "AlterTSConfigurationStmt", "AlterTSDictionaryStmt",
    "AlterTableStmt", "AlterTypeStmt", "AlterUserMappingStmt", "CommentStmt", "CompositeTypeStmt",
    "CreateAmStmt", "CreateCastStmt", "CreateConversionStmt", "CreateDomainStmt",
    "CreateEnumStmt", "CreateEventTrigStmt", "CreateExtensionStmt", "CreateFdwStmt",
    "CreateForeignServerStmt", "CreateForeignTableStmt", "CreateFunctionStmt",
    "CreateOpClassStmt", "CreateOpFamilyStmt", "CreatePLangStmt", "CreatePolicyStmt",
    "CreatePublicationStmt", "CreateRangeStmt", "CreateSchemaStmt", "CreateSeqStmt",
    "CreateStatsStmt", "CreateStmt", "CreateTableAsStmt", "CreateTransformStmt", "CreateTrigStmt",
    "CreateUserMappingStmt", "DefineStmt", "DropStmt", "DropUserMappingStmt", "GrantStmt",
    "ImportForeignSchemaStmt", "IndexStmt", "RenameStmt", "ReplicaIdentityStmt", "RuleStmt",
    "SecLabelStmt", "ViewStmt",
})  # fmt: skip
# It writes rows, and says so by its locks and its node.
WRITING = frozenset({
    "CallStmt", "CopyStmt", "DeleteStmt", "DoStmt", "InsertStmt", "MergeStmt", "TruncateStmt",
    "UpdateStmt",
})  # fmt: skip
_ROLES = "roles, which belong to the whole server"
_OUTSIDE = {
    "AlterDatabaseRefreshCollStmt": "the database's own settings",
    "AlterDatabaseSetStmt": "the database's own settings",
    "AlterDatabaseStmt": "the database's own settings",
    "AlterRoleSetStmt": _ROLES,
    "AlterRoleStmt": _ROLES,
    "AlterSubscriptionStmt": "a subscription, which another server has a part of",
    "AlterSystemStmt": "the server's configuration",
    "AlterTableMoveAllStmt": "where tables are stored",
    "AlterTableSpaceOptionsStmt": "tablespaces, which belong to the whole server",
    "CreateRoleStmt": _ROLES,
    "CreateSubscriptionStmt": "a subscription, which another server has a part of",
    "CreateTableSpaceStmt": "tablespaces, which belong to the whole server",
    "CreatedbStmt": "which databases there are",
    "DropRoleStmt": _ROLES,
    "DropSubscriptionStmt": "a subscription, which another server has a part of",
    "DropTableSpaceStmt": "tablespaces, which belong to the whole server",
    "GrantRoleStmt": _ROLES,
    "ReassignOwnedStmt": "who owns what its roles own",
}
_GONE = {
    "DropOwnedStmt": "whatever its roles own",
    "DropdbStmt": "a database",
}
_SHARED = {
    "OBJECT_DATABASE": "the database's own settings",
    "OBJECT_LARGEOBJECT": "large objects",
    "OBJECT_ROLE": _ROLES,
    "OBJECT_SUBSCRIPTION": "a subscription, which another server has a part of",
    "OBJECT_TABLESPACE": "tablespaces, which belong to the whole server",
}
_TYPED = ("objectType", "objtype", "renameType")


def of_command(node: str, kind: str, tree: Fields) -> Caveat | None:
    """What is to be said of it as the command it is; None if nothing is."""
    if node in _OUTSIDE:
        return Caveat(CaveatKind.CHANGED, _OUTSIDE[node])
    if node in _GONE:
        return Caveat(CaveatKind.GONE, _GONE[node])
    shared = next((_SHARED[tree[key]] for key in _TYPED if tree.get(key) in _SHARED), "")
    if shared:
        return Caveat(CaveatKind.CHANGED, shared)
    if node == "TransactionStmt" and "PREPARE" in tree.get("kind", ""):
        return Caveat(CaveatKind.UNKNOWN, f"it says {kind}, and what that carries is not in it")
    if node == "ExecuteStmt":
        return prepared(tree)
    if node in IDLE | SEEN | WRITING:
        return None
    return None if node == "RefreshMatViewStmt" else Caveat(CaveatKind.UNKNOWN, _not_known(kind))


def prepared(tree: Fields) -> Caveat:
    """EXECUTE, by itself or inside another."""
    name = tree.get("name", "")
    return Caveat(CaveatKind.UNKNOWN, f"it runs the prepared statement {name}")


def sequence_place(node: str, tree: Fields) -> str:
    """The sequence whose place an ALTER SEQUENCE sets, as `schema.name`; "" if it sets none."""
    if node != "AlterSeqStmt":
        return ""
    sets = {name for name, _ in settings_of(tree.get("options"))} & {"restart"}
    return relation_name(tree["sequence"]) if sets else ""


def _not_known(kind: str) -> str:
    return f"it says {kind}, and nobody here knows what that changes"
