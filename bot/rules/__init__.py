"""The rules, a module for each hazard, in the order they are shown."""

from importlib import import_module
from typing import cast

from bot.core.rule import Rule

# Folder and module, without the packages' own names.
ORDER = (
    "files.syntax_error",
    "files.file_encoding",
    "prisma.prisma_psql_meta",
    "security.secret_in_sql",
    "security.untrusted_code",
    "prisma.prisma_bookkeeping_touched",
    "tables.table_dropped",
    "columns.column_dropped",
    "prisma.prisma_rename_as_drop_add",
    "tables.truncate",
    "data.delete_without_where",
    "tables.drop_cascade",
    "tables.rename_table",
    "columns.rename_column",
    "transactions.transaction_unclosed",
    "indexes.concurrently_in_transaction",
    "prisma.prisma_concurrently_not_alone",
    "types.enum_value_used_same_tx",
    "columns.add_column_required",
    "columns.add_column_volatile_default",
    "columns.add_column_autoincrement",
    "columns.column_type_rewrite",
    "columns.set_not_null_scan",
    "constraints.pk_add_blocking",
    "constraints.unique_constraint_add_blocking",
    "constraints.check_add_validating",
    "constraints.fk_add_validating",
    "constraints.not_valid_validate_same_tx",
    "indexes.index_create_blocking",
    "indexes.index_drop_blocking",
    "indexes.invalid_index_retry",
    "data.update_without_where",
    "files.identifier_too_long",
    "security.extension_create",
    "security.uninspectable_sql",
    "constraints.fk_without_index",
    "constraints.fk_cascade_action",
    "constraints.pk_dropped",
    "constraints.constraint_dropped",
    "constraints.exclusion_add_blocking",
    "constraints.notnull_constraint_add",
    "constraints.pk_using_index_nullable",
    "constraints.check_volatile",
    "constraints.domain_constraint_add",
    "constraints.domain_constraint",
    "constraints.constraint_not_enforced",
    "constraints.fk_locks_referenced",
    "constraints.fk_drop_locks_referenced",
    "constraints.unique_using_index",
    "constraints.constraint_unnamed",
    "constraints.constraint_deferrable_change",
    "constraints.fk_definition_risk",
    "constraints.not_valid_never_validated",
    "constraints.new_write_restriction",
    "files.suppression_problem",
    "partitions.partition_detach_blocking",
    "partitions.partitioned_index_build",
    "partitions.partition_attach_scan",
    "partitions.partition_default_scan",
    "partitions.partition_create_locks_parent",
    "partitions.partition_drop_locks_parent",
    "partitions.partition_design",
    # Those about the history as a whole are last: they name no statement.
    "history.prisma_edited_applied",
    "history.prisma_deleted_migration",
    "history.prisma_out_of_order",
    "history.prisma_duplicate_timestamp",
    "history.prisma_bad_folder",
    "history.prisma_stray_file",
    "history.prisma_order_by_version",
    "history.prisma_lock_file",
    "history.prisma_lock_file_missing",
)


def _load(name: str) -> Rule:
    return cast(Rule, import_module(f"{__name__}.{name}"))


RULES: tuple[Rule, ...] = tuple(_load(name) for name in ORDER)
