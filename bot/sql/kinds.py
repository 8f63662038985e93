"""The command a parse node stands for, in SQL's words: "CREATE INDEX", "ALTER TABLE"."""

import re
from collections.abc import Mapping
from typing import Any

_PLAIN = {
    "AlterDatabaseSetStmt": "ALTER DATABASE",
    "AlterDatabaseStmt": "ALTER DATABASE",
    "AlterDefaultPrivilegesStmt": "ALTER DEFAULT PRIVILEGES",
    "AlterDomainStmt": "ALTER DOMAIN",
    "AlterEnumStmt": "ALTER TYPE",
    "AlterEventTrigStmt": "ALTER EVENT TRIGGER",
    "AlterExtensionContentsStmt": "ALTER EXTENSION",
    "AlterExtensionStmt": "ALTER EXTENSION",
    "AlterFdwStmt": "ALTER FOREIGN DATA WRAPPER",
    "AlterForeignServerStmt": "ALTER SERVER",
    "AlterOpFamilyStmt": "ALTER OPERATOR FAMILY",
    "AlterOperatorStmt": "ALTER OPERATOR",
    "AlterPolicyStmt": "ALTER POLICY",
    "AlterPublicationStmt": "ALTER PUBLICATION",
    "AlterRoleSetStmt": "ALTER ROLE",
    "AlterRoleStmt": "ALTER ROLE",
    "AlterSeqStmt": "ALTER SEQUENCE",
    "AlterStatsStmt": "ALTER STATISTICS",
    "AlterSubscriptionStmt": "ALTER SUBSCRIPTION",
    "AlterSystemStmt": "ALTER SYSTEM",
    "AlterTableMoveAllStmt": "ALTER TABLE",
    "AlterTypeStmt": "ALTER TYPE",
    "AlterUserMappingStmt": "ALTER USER MAPPING",
    "CheckPointStmt": "CHECKPOINT",
    "ClosePortalStmt": "CLOSE",
    "CompositeTypeStmt": "CREATE TYPE",
    "ConstraintsSetStmt": "SET CONSTRAINTS",
    "CreateAmStmt": "CREATE ACCESS METHOD",
    "CreateCastStmt": "CREATE CAST",
    "CreateConversionStmt": "CREATE CONVERSION",
    "CreateDomainStmt": "CREATE DOMAIN",
    "CreateEnumStmt": "CREATE TYPE",
    "CreateEventTrigStmt": "CREATE EVENT TRIGGER",
    "CreateExtensionStmt": "CREATE EXTENSION",
    "CreateFdwStmt": "CREATE FOREIGN DATA WRAPPER",
    "CreateForeignServerStmt": "CREATE SERVER",
    "CreateForeignTableStmt": "CREATE FOREIGN TABLE",
    "CreateOpClassStmt": "CREATE OPERATOR CLASS",
    "CreateOpFamilyStmt": "CREATE OPERATOR FAMILY",
    "CreatePLangStmt": "CREATE LANGUAGE",
    "CreatePolicyStmt": "CREATE POLICY",
    "CreatePublicationStmt": "CREATE PUBLICATION",
    "CreateRangeStmt": "CREATE TYPE",
    "CreateRoleStmt": "CREATE ROLE",
    "CreateSchemaStmt": "CREATE SCHEMA",
    "CreateSeqStmt": "CREATE SEQUENCE",
    "CreateStatsStmt": "CREATE STATISTICS",
    "CreateStmt": "CREATE TABLE",
    "CreateSubscriptionStmt": "CREATE SUBSCRIPTION",
    "CreateTableSpaceStmt": "CREATE TABLESPACE",
    "CreateTransformStmt": "CREATE TRANSFORM",
    "CreateTrigStmt": "CREATE TRIGGER",
    "CreateUserMappingStmt": "CREATE USER MAPPING",
    "CreatedbStmt": "CREATE DATABASE",
    "DeallocateStmt": "DEALLOCATE",
    "DeclareCursorStmt": "DECLARE",
    "DefineStmt": "CREATE",
    "DropOwnedStmt": "DROP OWNED",
    "DropRoleStmt": "DROP ROLE",
    "DropSubscriptionStmt": "DROP SUBSCRIPTION",
    "DropTableSpaceStmt": "DROP TABLESPACE",
    "DropUserMappingStmt": "DROP USER MAPPING",
    "DropdbStmt": "DROP DATABASE",
    "ImportForeignSchemaStmt": "IMPORT FOREIGN SCHEMA",
    "IndexStmt": "CREATE INDEX",
    "LockStmt": "LOCK TABLE",
    "ReassignOwnedStmt": "REASSIGN OWNED",
    "RefreshMatViewStmt": "REFRESH MATERIALIZED VIEW",
    "ReindexStmt": "REINDEX",
    "ReplicaIdentityStmt": "ALTER TABLE",
    "RuleStmt": "CREATE RULE",
    "SecLabelStmt": "SECURITY LABEL",
    "TruncateStmt": "TRUNCATE",
    "VariableShowStmt": "SHOW",
    "ViewStmt": "CREATE VIEW",
}
_TRANSACTION = {
    "START": "START TRANSACTION",
    "ROLLBACK_TO": "ROLLBACK TO SAVEPOINT",
    "RELEASE": "RELEASE SAVEPOINT",
    "PREPARE": "PREPARE TRANSACTION",
    "COMMIT_PREPARED": "COMMIT PREPARED",
    "ROLLBACK_PREPARED": "ROLLBACK PREPARED",
}
_OBJECTS = {
    "MATVIEW": "MATERIALIZED VIEW",
    "TABCONSTRAINT": "CONSTRAINT",
    "DOMCONSTRAINT": "CONSTRAINT",
    "TSPARSER": "TEXT SEARCH PARSER",
    "TSDICTIONARY": "TEXT SEARCH DICTIONARY",
    "TSTEMPLATE": "TEXT SEARCH TEMPLATE",
    "TSCONFIGURATION": "TEXT SEARCH CONFIGURATION",
    "OPCLASS": "OPERATOR CLASS",
    "OPFAMILY": "OPERATOR FAMILY",
    "FDW": "FOREIGN DATA WRAPPER",
    "STATISTIC_EXT": "STATISTICS",
    "FOREIGN_SERVER": "SERVER",
}
_VERBS = {
    "DropStmt": ("DROP", "removeType"),
    "AlterObjectSchemaStmt": ("ALTER", "objectType"),
    "AlterOwnerStmt": ("ALTER", "objectType"),
    "AlterTableStmt": ("ALTER", "objtype"),
    "RemoveFuncStmt": ("DROP", "kind"),
    "AlterFunctionStmt": ("ALTER", "objtype"),
    "AlterObjectDependsStmt": ("ALTER", "objectType"),
}


def object_words(object_type: str) -> str:
    """OBJECT_MATVIEW as "MATERIALIZED VIEW"."""
    bare = object_type.removeprefix("OBJECT_")
    return _OBJECTS.get(bare, bare.replace("_", " "))


def kind_of(node: str, tree: Mapping[str, Any]) -> str:
    plain = _PLAIN.get(node)
    if plain is not None:
        return plain
    if node in _VERBS:
        verb, key = _VERBS[node]
        return f"{verb} {object_words(tree.get(key, ''))}"
    special = _special(node, tree)
    return special or _spelled(node)


def _special(node: str, tree: Mapping[str, Any]) -> str:
    if node == "TransactionStmt":
        bare = str(tree.get("kind", "")).removeprefix("TRANS_STMT_")
        return _TRANSACTION.get(bare, bare)
    if node == "RenameStmt":
        return _renamed(tree)
    if node == "VariableSetStmt":
        return "RESET" if "RESET" in tree.get("kind", "") else "SET"
    if node == "CreateFunctionStmt":
        return "CREATE PROCEDURE" if tree.get("is_procedure") else "CREATE FUNCTION"
    if node == "VacuumStmt":
        return "VACUUM" if tree.get("is_vacuumcmd") else "ANALYZE"
    if node == "CreateTableAsStmt":
        return f"CREATE {object_words(tree.get('objtype', 'TABLE'))}"
    if node in ("GrantStmt", "GrantRoleStmt"):
        return "GRANT" if tree.get("is_grant") else "REVOKE"
    return ""


def _renamed(tree: Mapping[str, Any]) -> str:
    renamed = str(tree.get("renameType", ""))
    inside = {"OBJECT_COLUMN", "OBJECT_ATTRIBUTE", "OBJECT_TABCONSTRAINT"}
    if renamed in inside:
        renamed = str(tree.get("relationType") or "OBJECT_TABLE")
        if renamed == "OBJECT_ACCESS_METHOD":
            # The grammar leaves the field at zero, which is that name.
            renamed = "OBJECT_TABLE"
    if renamed == "OBJECT_DOMCONSTRAINT":
        renamed = "OBJECT_DOMAIN"
    if renamed in ("OBJECT_TRIGGER", "OBJECT_RULE", "OBJECT_POLICY"):
        return f"ALTER {object_words(renamed)}"
    return f"ALTER {object_words(renamed)}"


def _spelled(node: str) -> str:
    words = re.findall(r"[A-Z][a-z0-9]*", node.removesuffix("Stmt"))
    return " ".join(words).upper()
