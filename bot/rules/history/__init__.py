"""The rules about the history as a whole, in the order they are shown."""

from bot.core.findings.rule import ChangeRule
from bot.rules.history import (
    prisma_bad_folder,
    prisma_deleted_migration,
    prisma_duplicate_timestamp,
    prisma_edited_applied,
    prisma_lock_file,
    prisma_lock_file_missing,
    prisma_order_by_version,
    prisma_out_of_order,
    prisma_stray_file,
)

HISTORY_RULES: tuple[ChangeRule, ...] = (
    prisma_edited_applied,
    prisma_deleted_migration,
    prisma_out_of_order,
    prisma_duplicate_timestamp,
    prisma_bad_folder,
    prisma_stray_file,
    prisma_order_by_version,
    prisma_lock_file,
    prisma_lock_file_missing,
)
