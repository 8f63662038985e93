"""A push to the default branch, or a dispatch: what is pending is applied to the job's targets.

Of several databases each has its turn, whatever becomes of the others.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from bot.core.github.request import ApplyRequest
from bot.core.targets.target import Target
from bot.errors import BotError, ExitCode, GateClosed, Interrupted, UsageError
from bot.flows.asked.apply import (
    DIGEST_VARIABLE,
    SHARD_VARIABLE,
    TARGET_VARIABLE,
    apply_part,
)
from bot.flows.asked.by_database import outputs_by_database
from bot.flows.fleets.tenants import slices_of
from bot.flows.telling.audit import AUDIT_VARIABLE
from bot.world import World
from bot.world.choosing import world_with


@dataclass(frozen=True)
class Turn:
    """The targets of one database that a job is for, in the order of its rollout."""

    world: World
    targets: Sequence[Target]


def apply(request: ApplyRequest, worlds: Sequence[World]) -> ExitCode:
    """Apply what is pending to the target of the job, or to each of several.

    Of several, a failure ends the turn of its database alone. Raises what the gravest of them
    raised when all have had their turn.
    """
    text = worlds[0].environ.get(TARGET_VARIABLE, "")
    named = names_in(text, worlds)
    if len(named) < 2:
        apply_part(request, world_with(text, worlds) if text else worlds[0])
        return ExitCode.FINE
    _require_whole(named, worlds)
    failed: list[BotError] = []
    with outputs_by_database(worlds) as telling:
        for turn in _turns(named, telling):
            failed += _take(turn, request)
    if failed:
        raise min(failed, key=lambda each: isinstance(each, GateClosed))
    return ExitCode.FINE


def names_in(text: str, worlds: Sequence[World]) -> Sequence[str]:
    """The targets that a job's input names. Where there is one database it names one."""
    if len(worlds) == 1 or any(text in each.settings.targets for each in worlds):
        return [text]
    return text.replace(",", " ").split()


def _turns(named: Sequence[str], worlds: Sequence[World]) -> list[Turn]:
    """In the configuration's order. Raises UsageError for a name that no database has."""
    for name in named:
        world_with(name, worlds).settings.target(name)
    turns = [
        Turn(each, [target for target in each.settings.in_order if target.name in named])
        for each in worlds
    ]
    return [each for each in turns if each.targets]


def _take(turn: Turn, request: ApplyRequest) -> list[BotError]:
    """What ended it, if anything did: then its later targets are left as they are."""
    world = turn.world
    for place, target in enumerate(turn.targets):
        world.console.show(f"Database {world.settings.database}: {target.name}")
        try:
            apply_part(request, world_for(target, world))
        except Interrupted:
            raise
        except BotError as error:
            world.console.say(f"{target.name}: {error.message} {error.hint}")
            for later in turn.targets[place + 1 :]:
                world.console.say(f"{later.name}: not begun, since {target.name} was not done")
            return [error]
    return []


def world_for(target: Target, world: World) -> World:
    """With what the job was given for all of its targets cut down to this one's."""
    environ = {**world.environ, TARGET_VARIABLE: target.name}
    environ[DIGEST_VARIABLE] = _digests(world.environ).get(target.name, "")
    if path := world.environ.get(AUDIT_VARIABLE):
        file = PurePath(path)
        environ[AUDIT_VARIABLE] = str(file.with_name(f"{file.stem}-{target.name}{file.suffix}"))
    return replace(world, environ=environ)


def _digests(environ: Mapping[str, str]) -> Mapping[str, str]:
    """What was foretold of each target, as the output `forecast-digests` says it."""
    text = environ.get(DIGEST_VARIABLE, "")
    if not text:
        return {}
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if isinstance(found, dict) and all(isinstance(each, str) for each in found.values()):
        return found
    raise UsageError(
        "The digest to expect is one, and the job is for several targets.",
        hint="Give `expect-digest` the whole output `forecast-digests` of the job before it.",
    )


def _require_whole(named: Sequence[str], worlds: Sequence[World]) -> None:
    """A fleet that is cut in slices goes on in jobs of its own, and those are for one target."""
    if worlds[0].environ.get(SHARD_VARIABLE, ""):
        raise UsageError(
            f"A slice is of one fleet, and this job is for {len(named)} targets.",
            hint="Give the job one target, or no `shard`.",
        )
    for turn in _turns(named, worlds):
        for target in turn.targets:
            if target.fleet is not None and len(slices_of(target, turn.world)) > 1:
                raise UsageError(
                    f"{target.name} is a fleet too large for one job, beside other targets in it.",
                    hint=f"Give {target.name} a job of its own, and one for its slices.",
                )
    _digests(worlds[0].environ)
