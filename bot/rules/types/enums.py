"""What several rules ask about an enum type."""

from collections.abc import Iterable, Mapping

from bot.judge.context import Context, MigrationContext
from bot.judge.timeline import Step, Stretch
from bot.sql.actions import (
    AlterColumnType,
    CreateEnum,
    DropDefault,
    DropObjects,
    Rename,
    SetDefault,
    Transaction,
)  # fmt: skip

_REBUILDING = (
    AlterColumnType,
    CreateEnum,
    DropDefault,
    DropObjects,
    Rename,
    SetDefault,
    Transaction,
)


def is_new_type(name: str, context: Context) -> bool:
    """Whether nobody uses a type yet; one that no migration created is taken to be in use."""
    known = context.catalogue.enums.get(name)
    fresh = known is not None and known.born >= context.file.fresh_from
    return context.file.baseline or fresh


def rebuilt(steps: Iterable[Step]) -> Mapping[str, str]:
    """The enum types a file builds anew, as Prisma does it: the name of the copy to the type's.

    Prisma writes CREATE TYPE "X_new", moves the columns over, and then gives the copy the name "X".
    """
    steps = list(steps)
    created = {each.name for step in steps for each in step.all(CreateEnum)}
    return {
        each.old: each.new
        for step in steps
        for each in step.all(Rename)
        if each.kind == "TYPE" and each.old in created
    }


def rebuilt_in(file: MigrationContext) -> Mapping[str, str]:
    return rebuilt(file.everything.steps_with(CreateEnum, Rename))


def rebuilds_only(steps: Stretch) -> bool:
    """Whether steps are Prisma's block that builds an enum anew, and nothing else."""
    actions = [action for step in steps for action in step.actions]
    return bool(rebuilt(steps)) and all(isinstance(each, _REBUILDING) for each in actions)
