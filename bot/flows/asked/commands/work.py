"""A command carried out on its target, in the job of the target's environment."""

from collections.abc import Callable, Mapping

from bot.core.github.command import Command, Verb
from bot.core.github.request import ApplyRequest
from bot.core.github.said import Reaction
from bot.core.targets.target import Target
from bot.flows.asked.apply import apply_part
from bot.flows.asked.commands.answers import Answer
from bot.flows.fleets.tenants import addressed
from bot.flows.gating.authority import Granted
from bot.flows.targets.resolving import resolve_applied, resolve_rolled_back
from bot.flows.targets.unlocking import unlock
from bot.report.comment import command_words as words
from bot.world import World

Handler = Callable[[Command, Target, str, World], Answer]


def carry_out(granted: Granted, target: Target, commit: str, world: World) -> Answer:
    """Raises what the work raises. `commit` is the one of the default branch that is checked
    out."""
    command = granted.said.command
    return HANDLERS[command.verb](command, target, commit, world)


def _apply(command: Command, target: Target, commit: str, world: World) -> Answer:
    if apply_part(ApplyRequest(commit), world):
        return Answer(Reaction.READ, words.fleet_goes_on(target.name))
    return Answer(Reaction.ROLLED_OUT, words.work_done(command, target.name))


def _resolve(command: Command, target: Target, commit: str, world: World) -> Answer:
    one, there = addressed(target.name, world)
    if command.applied is not None:
        done = resolve_applied(one, command.applied, there)
    else:
        assert command.rolled_back is not None
        done = resolve_rolled_back(one, command.rolled_back, there)
    applied = command.applied is not None
    said = words.resolved(done.name, target.name, applied=applied, changed=done.changed)
    return Answer(Reaction.ROLLED_OUT, said)


def _unlock(command: Command, target: Target, commit: str, world: World) -> Answer:
    one, there = addressed(target.name, world)
    unlock(one, there, lambda: True)
    return Answer(Reaction.ROLLED_OUT, words.unlocked(target.name))


HANDLERS: Mapping[Verb, Handler] = {
    Verb.APPLY: _apply,
    Verb.RETRY: _apply,
    Verb.RESUME: _apply,
    Verb.RESOLVE: _resolve,
    Verb.UNLOCK: _unlock,
}
