"""Which findings the configuration leaves out: by migration, or by the tables they are about."""

from collections.abc import Iterator, Mapping, Sequence

from bot.core.findings.exclusion import Exclusion
from bot.core.findings.finding import Finding
from bot.core.migrations.effects import Effects, LockMode
from bot.judge.context import MigrationContext
from bot.judge.timeline import Step
from bot.sql.actions import (
    AttachPartition,
    CommentOn,
    CreatePolicy,
    CreateTable,
    CreateTrigger,
    TableAction,
)

_ON_A_TABLE = (CreateTable, TableAction, CreateTrigger, CreatePolicy)


def kept(
    findings: Sequence[Finding], exclusions: Mapping[str, Exclusion], file: MigrationContext
) -> list[Finding]:
    """Those of a migration's findings that are not left out.

    A finding about a statement is left out by its tables if the statement has to do with those
    alone, beyond reading: an exclusion of one end of a foreign key says nothing about the other.
    """
    if not exclusions:
        return list(findings)
    return [each for each in findings if not _left_out(each, exclusions.get(each.rule), file)]


def kept_in_general(
    findings: Sequence[Finding], exclusions: Mapping[str, Exclusion], folder: str
) -> list[Finding]:
    """Those about the history as a whole, or about files beside the migrations."""
    return [
        each
        for each in findings
        if not (found := exclusions.get(each.rule))
        or not (
            found.covers_migration(_migration_of(each.path, folder))
            or (each.relation and found.covers_tables({each.relation}))
        )
    ]


def _left_out(finding: Finding, exclusion: Exclusion | None, file: MigrationContext) -> bool:
    if exclusion is None:
        return False
    if exclusion.covers_migration(file.migration.name):
        return True
    if not exclusion.tables:
        return False
    return exclusion.covers_tables(_tables_of(finding, file))


def _tables_of(finding: Finding, file: MigrationContext) -> set[str]:
    if finding.relation or finding.statement is None:
        return {finding.relation} - {""}
    place = finding.statement
    if place >= min(len(file.steps), len(file.effects)):
        return set()
    return changed_tables(file.steps[place], file.effects[place], file)


def changed_tables(step: Step, effects: Effects, file: MigrationContext) -> set[str]:
    """The tables that a statement makes, or does more to than read."""
    return {*_named(step), *_locked(effects, file)}


def _named(step: Step) -> Iterator[str]:
    for action in step.actions:
        if isinstance(action, _ON_A_TABLE):
            yield action.table
        if isinstance(action, AttachPartition):
            yield action.partition
        if isinstance(action, CommentOn) and action.kind in ("TABLE", "COLUMN"):
            yield action.name


def _locked(effects: Effects, file: MigrationContext) -> Iterator[str]:
    for lock in effects.locks:
        if lock.mode > LockMode.ACCESS_SHARE:
            index = file.start.indexes.get(lock.relation) or file.catalogue.indexes.get(
                lock.relation
            )
            yield index.table if index else lock.relation


def _migration_of(path: str, folder: str) -> str:
    """The migration's name in a path below the migrations folder."""
    return path.removeprefix(f"{folder}/").partition("/")[0]
