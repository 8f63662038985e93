"""Judging migrations: what a branch adds, or any part of the history by name."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.core.counting import count
from bot.core.findings.review import JudgedMigration, Review
from bot.core.findings.rule import Rule, name_of
from bot.core.kept.loss import Loss
from bot.core.migrations.history import Change, History
from bot.core.rollouts.rollback_class import lost_by, writes_rows
from bot.core.settings import Settings
from bot.judge.judge import judge
from bot.sql.losses import losses_of
from bot.world import World


def review_change(change: Change, world: World, rules: Sequence[Rule] | None = None) -> Review:
    """Judge what a change adds, by the settings of this world.

    Raises UsageError if the configured baseline is no migration.
    """
    baseline = world.settings.baseline
    return _judged(change.after(baseline) if baseline else change, world, _chosen(rules))


def _every_rule() -> Sequence[Rule]:
    # Imported late: a rollout needs none, and has no time to lose.
    from bot.rules import RULES

    return RULES


def _keepable(judged: JudgedMigration) -> tuple[Loss, ...]:
    """Those of statements of which everything can be kept, as far as the text tells."""
    losses = losses_of(judged)
    hopeless = {each.statement for each in losses if each.obstacle}
    return tuple(each for each in losses if each.statement not in hopeless)


def _chosen(rules: Sequence[Rule] | None) -> Sequence[Rule]:
    return _every_rule() if rules is None else rules


def _judged(change: Change, world: World, rules: Sequence[Rule]) -> Review:
    settings = world.settings
    sizes = world.sizes() if rules else None
    number = len(change.head.migrations)
    with world.console.waiting(f"reading {count(number, 'migration')}", of=number) as read:
        review = judge(
            change,
            rules,
            severities=settings.severities,
            postgres=settings.postgres,
            prisma=settings.prisma,
            exclusions=settings.exclusions,
            options=settings.options,
            # Allowing a rule that was left out this time is no mistake.
            known=[name_of(rule) for rule in _every_rule()] if rules else [],
            sizes=replace(sizes, thresholds=settings.thresholds) if sizes else None,
            each=read,
        )
    return replace(review, kept=_kept(review, settings)) if rules else review


def _kept(review: Review, settings: Settings) -> dict[str, tuple[Loss, ...]]:
    """What the target keeps that needs it most: the last that migrations reach."""
    order = settings.rollout_order
    if not order or order[-1].keeping is None:
        return {}
    return {
        judged.migration.name: _keepable(judged)
        for judged in review.migrations
        if lost_by(judged) or writes_rows(judged)
    }


def review_named(
    names: Iterable[str], history: History, world: World, rules: Sequence[Rule] | None = None
) -> Review:
    """Judge migrations of the history as if a branch had just added them, to what comes before.

    What somebody asks for by name is judged, baseline or not.
    """
    wanted = set(names)
    head = _up_to_the_last(wanted, history)
    before = tuple(each for each in head.migrations if each.name not in wanted)
    base = History(folder=history.folder, migrations=before, provider=history.provider)
    return _judged(Change(head=head, now=world.now(), base=base), world, _chosen(rules))


def _up_to_the_last(wanted: set[str], history: History) -> History:
    """What came later is no part of what they were added to."""
    places = [place for place, each in enumerate(history.migrations) if each.name in wanted]
    return replace(history, migrations=history.migrations[: max(places, default=-1) + 1])


def cut_named(names: Iterable[str], history: History, world: World) -> tuple[JudgedMigration, ...]:
    """Their statements and what each does, without findings: a rollout has no use for those."""
    return review_named(names, history, world, rules=()).migrations
