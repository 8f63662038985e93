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
    "transactions.savepoint_in_migration",
    "transactions.non_transactional_statement",
    "transactions.pending_trigger_events",
    "transactions.ddl_dml_mixed",
    "transactions.transaction_nested",
    "transactions.transaction_control_in_migration",
    "transactions.statement_after_access_exclusive",
    "transactions.wide_lock_window",
    "transactions.timeout_ineffective",
    "transactions.lock_timeout_missing",
    "transactions.multiple_alter_same_table",
    "transactions.statement_timeout_missing",
    "transactions.idle_timeout_missing",
    "transactions.application_name_missing",
    "transactions.non_idempotent_ddl",
    "transactions.retry_storm",
    "transactions.operator_context",
    "indexes.concurrently_in_transaction",
    "prisma.prisma_concurrently_not_alone",
    "types.enum_value_used_same_tx",
    "types.enum_add_value_in_tx",
    "types.enum_value_removed",
    "types.enum_value_rename",
    "types.enum_value_client_break",
    "types.enum_value_order",
    "types.enum_created",
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
    "files.suppression_problem",
    "views.matview_refresh_blocking",
    "views.trigger_create",
    "views.trigger_toggle",
    "views.matview_refresh_concurrent",
    "views.view_function_replaced",
    "views.function_options_change",
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
