"""The gates of a target, each with its facts: from reviews, deployments, targets and the clock.

A rollout asks for them under the lock, and what cannot be asked ends it. Whoever only shows them
gets one that is closed, with the reason.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from bot.core.gates import backup, freeze
from bot.core.gates.backup import backup_gate
from bot.core.gates.drift import drift_gate
from bot.core.gates.freeze import freeze_gate
from bot.core.gates.gate import Gate
from bot.core.gates.order import order_gate
from bot.core.gates.override import overriding
from bot.core.gates.rows import rows_gate
from bot.core.gates.spans import Span
from bot.core.gates.staging_first import staging_first_gate
from bot.core.gates.window import window_gate
from bot.core.github.pull import Pull
from bot.core.migrations.migration import Migration
from bot.core.rollouts.plan import Plan
from bot.core.targets.target import Target
from bot.errors import BotError, UsageError
from bot.flows.gating.approvals import approval_of, pulls_of
from bot.flows.gating.earlier import earlier_of
from bot.flows.gating.overrides import OverridesOf, overrides_of
from bot.world import World

Made = Callable[[], Gate]
Pulls = Mapping[str, Pull]


def gates_of(
    plan: Plan, target: Target, world: World, *, overrides: OverridesOf = overrides_of
) -> tuple[Gate, ...]:
    """Every gate between a plan and its target, open or closed. None if nothing is pending.

    Raises what keeps a fact from being known.
    """
    if not plan.pending:
        return ()
    texts = _of_the_texts(target, plan.pending, world)
    clock = _of_the_clock(target, plan.pending, world, overrides)
    return tuple(make() for _, make in (*texts, *clock, *_of_the_target(plan, target, world)))


def gates_back(
    plan: Plan,
    migrations: Sequence[Migration],
    target: Target,
    world: World,
    *,
    overrides: OverridesOf = overrides_of,
) -> tuple[Gate, ...]:
    """Every gate between a plan that points backwards and its target. None if it is empty.

    Who approved the `migrations` approved what takes them back: it lies in the same folder, or was
    drafted from it. The target before has no say, for it may want to keep them; and a rollback
    that is needed does not wait for a window. A freeze holds it up until somebody overrides that.
    """
    if not plan.pending:
        return ()
    gates = [approval_of(target, migrations, world)]
    if target.closing.freeze is not None:
        gates.append(_freeze(target, migrations, world, overrides, None))
    return (*gates, *(make() for _, make in _of_the_target(plan, target, world)))


def gates_ahead(
    target: Target,
    pending: Sequence[Migration],
    world: World,
    *,
    plan: Plan | None = None,
    pulls: Pulls | None = None,
    overrides: OverridesOf = overrides_of,
) -> tuple[Gate, ...]:
    """The same, to be shown: of a target as it is, or of migrations that are still to be merged.

    `plan` is the target's own; None where it cannot be reached, and then what only it can tell is
    left out. `pulls` are the pull requests that bring the migrations, where history does not know
    them yet. What cannot be asked closes its gate, and raises nothing.
    """
    asked = list(_of_the_clock(target, pending, world, overrides, pulls=pulls))
    if pending:
        asked = [*_of_the_texts(target, pending, world, pulls=pulls), *asked]
    asked += _of_the_target(plan, target, world)
    return tuple(_told(name, make) for name, make in asked)


def gates_of_the_clock(target: Target, world: World) -> tuple[Gate, ...]:
    """Those that only time opens, to be shown."""
    return tuple(_told(name, make) for name, make in _of_the_clock(target, (), world, overrides_of))


def _told(name: str, make: Made) -> Gate:
    try:
        return make()
    except BotError as error:
        return Gate(name, False, f"it cannot be told: {error.message.rstrip('.')}", error.hint)


def _of_the_texts(
    target: Target, pending: Sequence[Migration], world: World, *, pulls: Pulls | None = None
) -> Iterator[tuple[str, Made]]:
    if target.after is not None:
        before = world.settings.target(target.after)

        def first() -> Gate:
            return staging_first_gate(
                target, pending, earlier_of(before, pending, world), world.now()
            )

        yield f"after {target.after}", first

    yield "approval", lambda: approval_of(target, pending, world, pulls=pulls)


def _of_the_clock(
    target: Target,
    pending: Sequence[Migration],
    world: World,
    overrides: OverridesOf,
    *,
    pulls: Pulls | None = None,
) -> Iterator[tuple[str, Made]]:
    if target.closing.freeze is not None:
        yield freeze.NAME, lambda: _freeze(target, pending, world, overrides, pulls)
    window = target.closing.window
    if window is not None:
        yield "window", lambda: window_gate(window, world.now())


def _of_the_target(plan: Plan | None, target: Target, world: World) -> Iterator[tuple[str, Made]]:
    """What the rollout itself enforces. A fleet parks the tenants that disagree, and goes on."""
    if plan is not None and target.fleet is None:
        yield "order", lambda: order_gate(plan)
        yield "rows", lambda: rows_gate(plan)
    yield "drift", lambda: drift_gate(target)
    yield backup.NAME, lambda: _backup(target, world)


def _backup(target: Target, world: World) -> Gate:
    kept = target.backup.required and target.is_set(world.environ)
    last = world.backups.proved(target) if kept else None
    return backup_gate(target, world.now(), last=last)


def _freeze(
    target: Target,
    pending: Sequence[Migration],
    world: World,
    overrides: OverridesOf,
    pulls: Pulls | None,
) -> Gate:
    """Overrides are looked for only where one would change anything."""
    known = target.closing.freeze
    assert known is not None
    now, problem = world.now(), ""
    calendar: tuple[Span, ...] = ()
    if known.calendar is not None:
        try:
            calendar = world.calendar(known.calendar, known.zone_info, now)
        except UsageError as error:
            problem = error.message.rstrip(".")
    found = freeze_gate(known, now, calendar=calendar, problem=problem)
    if found.open or not pending or world.github is None:
        return found
    brought = pulls_of(pending, world) if pulls is None else pulls
    holding = overriding(
        overrides({each.number: each for each in brought.values()}.values(), target, world),
        freeze.NAME,
        pending,
        _seen(pending, brought, world),
        now=now,
        hours=known.hours,
    )
    return freeze_gate(known, now, calendar=calendar, problem=problem, overriding=holding)


def _seen(pending: Sequence[Migration], pulls: Pulls, world: World) -> dict[str, set[str]]:
    """The commits that somebody looked at who saw the very text that is pending."""
    assert world.github is not None
    paths = {each.name: each.path for each in pending}
    found: dict[str, set[str]] = {}
    for each in pending:
        if each.name in pulls:
            facts = world.github.facts(pulls[each.name], paths)
            if facts.texts.get(each.name) == each.checksum:
                found[each.name] = {facts.head}
    return found
