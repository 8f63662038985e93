"""Rewriting what a branch adds: what may be touched, the rewriting, and its proof."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.core.findings.finding import Verdict, verdict_of
from bot.core.findings.fixed import Fixing
from bot.core.findings.rule import Rule
from bot.core.migrations.history import Change, History
from bot.core.rollouts.trial import Comparison, Run, Trial
from bot.core.targets.target import Kind
from bot.errors import ExitCode, PostgresError, UnequalFix, UsageError
from bot.fixing.fix import Wish, fix
from bot.flows.reviewing.review import cut_named, review_change
from bot.judge.transactions import splits
from bot.rollout.segments import segments_of
from bot.rules import RULES
from bot.world import World

NOT_ASKED = "it was not asked for"


@dataclass(frozen=True)
class Outcome:
    """What came of it. `comparison` is the proof; without one, `unproved` says why.

    `notes` are things to know about targets.
    """

    fixing: Fixing
    comparison: Comparison | None = None
    unproved: str = ""
    notes: tuple[str, ...] = ()

    @property
    def exit_code(self) -> ExitCode:
        """Whether a check of the result would pass."""
        left = (each.finding for fixed in self.fixing.migrations for each in fixed.left)
        blocked = verdict_of(left) is Verdict.BLOCK
        return ExitCode.FINDINGS if blocked else ExitCode.FINE


def fixed_change(
    change: Change, world: World, *, wish: Wish, rules: Sequence[Rule] = RULES, proof: bool = True
) -> Outcome:
    """Rewrite what the change adds, and prove that it leads to the same schema.

    Raises UnequalFix if it does not: then nothing of it may be kept.
    """
    applied, notes = _applied(change, world)
    untouchable = {**_unreadable(change), **applied}
    fixing = fix(
        change,
        lambda made: review_change(made, world, rules),
        wish=wish,
        untouchable=untouchable,
        one_by_one=splits(world.settings.prisma),
    )
    if not fixing.changed:
        return Outcome(fixing, notes=notes)
    comparison, unproved = _compared(change, fixing, world) if proof else (None, NOT_ASKED)
    if comparison is not None and comparison.disproved:
        raise _unequal(comparison)
    return Outcome(fixing, comparison, unproved, notes)


def _unreadable(change: Change) -> Mapping[str, str]:
    return {each.name: "its file is not UTF-8" for each in change.added if not each.valid_utf8}


def _applied(change: Change, world: World) -> tuple[Mapping[str, str], tuple[str, ...]]:
    """The new migrations that a target has already, where its connection string is at hand."""
    added = {each.name for each in change.added}
    found: dict[str, str] = {}
    notes: list[str] = []
    for target in world.settings.targets.values():
        if not target.is_set(world.environ):
            continue
        try:
            with world.connect(target) as database:
                names = sorted(added & {each.name for each in database.applied()})
        except (PostgresError, UsageError) as error:
            notes.append(f"{target.name} could not be asked what it has applied: {error.message}")
            continue
        if target.kind is not Kind.DEVELOPMENT:
            found.update(dict.fromkeys(names, f"{target.name} has applied it"))
        elif names:
            notes.append(f"{target.name} has applied {', '.join(names)}: reset it after a rewrite.")
    return found, tuple(notes)


def _compared(change: Change, fixing: Fixing, world: World) -> tuple[Comparison | None, str]:
    """The proof, or why there is none."""
    if world.trials is None:
        return None, "there is no server to prove it on"
    try:
        trial = _trial(change, fixing, world)
        with world.console.waiting("comparing both on a throw-away server"):
            comparison = world.trials.compare(trial)
    except (PostgresError, UsageError) as error:
        return None, error.message
    if comparison.before_refused:
        return comparison, f"the migrations before it do not run: {comparison.before_refused}"
    if comparison.original_refused:
        return comparison, f"the original does not run: {comparison.original_refused}"
    return comparison, ""


def _trial(change: Change, fixing: Fixing, world: World) -> Trial:
    """What stands before the first migration that changed, and both ways on from there."""
    first = fixing.changed[0].before.name
    names = [each.name for each in change.head.migrations]
    before = names[: names.index(first)]
    rewritten = [each.name for each in fixing.change.head.migrations]
    return Trial(
        before=tuple(_runs(before, change.head, world)),
        original=tuple(_runs(names[len(before) :], change.head, world)),
        rewritten=tuple(_runs(rewritten[len(before) :], fixing.change.head, world)),
    )


def _runs(names: Sequence[str], history: History, world: World) -> Iterator[Run]:
    """As the bot applies them."""
    for judged in cut_named(names, history, world) if names else ():
        if judged.fault is not None:
            raise UsageError(
                f"{judged.migration.name} cannot be read: {judged.fault.message}",
                hint=judged.fault.fix or "Mend it first.",
            )
        for segment in segments_of(judged):
            statements = tuple(each.sql for each in segment.statements)
            yield Run(judged.migration.name, statements, segment.transactional)


def _unequal(comparison: Comparison) -> UnequalFix:
    said = comparison.rewritten_refused or "; ".join(comparison.differences[:5])
    return UnequalFix(
        f"The rewritten migrations do not lead to the same schema, so nothing is kept: {said}",
        hint="This is a fault of migration-bot: please report it with the migration. "
        "The fix that `migration-bot check` describes can still be made by hand.",
    )
