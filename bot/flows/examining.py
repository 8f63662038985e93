"""What `doctor` looks at: each subject's facts, gathered through the world, and what they say."""

from collections.abc import Iterator, Sequence
from functools import partial

from bot.core.doctor.access import Access
from bot.core.doctor.check import Check, Examination, Group, GroupKind, Trouble
from bot.core.doctor.machine import Machine
from bot.core.migrations.history import History
from bot.core.settings import CONFIG_PATH
from bot.core.targets.server import ServerFacts
from bot.core.targets.target import Target
from bot.doctor.backups import backup_checks
from bot.doctor.checkout import checkout_checks
from bot.doctor.configuration import configuration_checks, unreadable
from bot.doctor.machine import machine_checks
from bot.doctor.target import fleet, target_checks, unreachable
from bot.errors import BotError
from bot.flows.asking import asked_at_once
from bot.flows.hosting import hosting
from bot.rollout.preflight.ready import require_ready
from bot.world import World

# For one target: its connection has a limit of its own, and a few queries are quick.
SECONDS = 30.0


def examine(
    worlds: Sequence[World],
    *,
    file: str | None = None,
    asked: Sequence[tuple[Target, World]] = (),
    trouble: Trouble | None = None,
    seconds: float = SECONDS,
) -> Examination:
    """`file` is the configuration that was named, `asked` are the only targets to look at.
    `trouble` is why the configuration cannot be read; then there is none to look at."""
    assert worlds[0].examiner is not None
    machine = worlds[0].examiner.machine()
    names = [target.name for target, _ in asked]
    groups = [Group(GroupKind.MACHINE, tuple(machine_checks(machine, _prisma(worlds[0]))))]
    groups += [_checkout(world) for world in worlds]
    if trouble is not None:
        groups.append(Group(GroupKind.CONFIGURATION, tuple(unreadable(trouble))))
        return Examination(tuple(groups))
    groups += [_configuration(world, file, names) for world in worlds]
    chosen = asked or [(each, world) for world in worlds for each in world.settings.in_order]
    groups += _targets(chosen, machine, seconds)
    groups.append(hosting(worlds))
    return Examination(tuple(groups))


def _prisma(world: World) -> str | Trouble | None:
    if world.prisma is None:
        return None
    try:
        return world.prisma.version
    except BotError as error:
        return Trouble.of(error)


def _checkout(world: World) -> Group:
    assert world.examiner is not None
    checks = checkout_checks(world.examiner.checkout(), _history(world))
    return Group(GroupKind.CHECKOUT, tuple(checks), world.settings.database)


def _history(world: World) -> History | Trouble:
    try:
        return world.checkout.history()
    except BotError as error:
        return Trouble.of(error)


def _configuration(world: World, file: str | None, names: Sequence[str]) -> Group:
    if file is None and world.checkout.text(CONFIG_PATH) is not None:
        file = CONFIG_PATH
    checks = configuration_checks(world.settings, world.environ, file=file, asked=names)
    return Group(GroupKind.CONFIGURATION, tuple(checks), world.settings.database)


def _targets(
    chosen: Sequence[tuple[Target, World]], machine: Machine, seconds: float
) -> Iterator[Group]:
    """Those whose variables are set, all at once: one that does not answer holds nobody up. Of the
    others the configuration's checks tell."""
    chosen = [(target, world) for target, world in chosen if target.is_set(world.environ)]
    questions = [partial(_target, target, world, machine) for target, world in chosen]
    answers = asked_at_once(questions, seconds=seconds)
    for (target, _), checks in zip(chosen, answers, strict=True):
        found = checks or tuple(unreachable(_late(target, seconds)))
        yield Group(GroupKind.TARGET, found, target.name)


def _late(target: Target, seconds: float) -> Trouble:
    return Trouble(
        f"{target.name} gave no answer within {seconds:.0f} seconds.",
        f"Look at what `{target.url_env}` leads to, and give it a `connect_timeout`.",
    )


def _target(target: Target, world: World, machine: Machine) -> tuple[Check, ...]:
    if target.fleet is not None:
        return tuple(fleet(_tenants(target, world), target.name))
    facts: ServerFacts | None = None
    access: Access | None = None
    try:
        with world.connect(target) as database:
            facts, access = database.facts(), database.access()
            checks = list(_of_server(target, world, facts, access))
    except BotError as error:
        checks = list(unreachable(Trouble.of(error)))
    return *checks, *_of_backups(target, world, machine, facts, access)


def _tenants(target: Target, world: World) -> int | Trouble:
    assert world.fleets is not None
    try:
        return len(world.fleets.tenants(target))
    except BotError as error:
        return Trouble.of(error)


def _of_server(target: Target, world: World, facts: ServerFacts, access: Access) -> Iterator[Check]:
    ready = None
    try:
        require_ready(facts, target)
    except BotError as error:
        ready = Trouble.of(error)
    yield from target_checks(target, world.settings, facts, access, ready)


def _of_backups(
    target: Target,
    world: World,
    machine: Machine,
    facts: ServerFacts | None,
    access: Access | None,
) -> Iterator[Check]:
    assert world.examiner is not None
    store = None if target.backup.elsewhere else world.examiner.store(target)
    major = facts.major if facts is not None else None
    yield from backup_checks(target, store, machine.programs, major, access)
