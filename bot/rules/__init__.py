"""The rules, a module for each hazard, in the order they are shown."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
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
    "files.suppression_problem",
)
# Rules about the history as a whole. They live in a folder of their own, and are last.
HISTORY = (
    "history.prisma_edited_applied",
    "history.prisma_deleted_migration",
    "history.prisma_out_of_order",
    "history.prisma_duplicate_timestamp",
    "history.prisma_bad_folder",
    "history.prisma_lock_file",
)


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule, imported when it is first asked for."""
    return tuple(_load(name) for name in (*ORDER, *_present(HISTORY)))


def _present(names: tuple[str, ...]) -> tuple[str, ...]:
    folders = {each.name for each in iter_modules(__path__)}
    return tuple(name for name in names if name.partition(".")[0] in folders)


def _load(name: str) -> Rule:
    return cast(Rule, import_module(f"{__name__}.{name}"))


def __getattr__(name: str) -> tuple[Rule, ...]:
    if name == "RULES":
        return all_rules()
    raise AttributeError(name)
