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
    "prisma.prisma_missing_dependency",
    "prisma.prisma_drop_recreate_column",
    "prisma.prisma_enum_replace",
    "prisma.prisma_split_not_atomic",
    "prisma.prisma_updated_at_required",
    "prisma.prisma_shadow_incompatible",
    "prisma.prisma_batch_one_transaction",
    "prisma.prisma_warning_unreviewed",
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
    "security.grant_to_public",
    "security.rls_disabled",
    "security.rls_enabled_no_policy",
    "security.security_definer_search_path",
    "security.server_config_change",
    "security.privilege_removed",
    "security.policy_change",
    "security.security_definer_view",
    "security.role_change",
    "security.extension_upgrade",
    "constraints.fk_without_index",
    "constraints.fk_cascade_action",
    "files.suppression_problem",
    "names.type_char",
    "names.identifier_reserved",
    "names.unqualified_table",
    "names.type_int",
    "names.type_serial",
    "names.type_varchar",
    "names.type_timestamp",
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
