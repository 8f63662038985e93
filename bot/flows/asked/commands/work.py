"""A command carried out on its target, in the job of the target's environment."""

from collections.abc import Callable, Mapping

from bot.core.github.command import Verb
from bot.core.github.request import ApplyRequest
from bot.core.github.said import Reaction
from bot.core.rollouts.rollback import what_git_needs
from bot.core.targets.target import Target
from bot.flows.asked.apply import apply_part
from bot.flows.asked.commands.answers import Answer
from bot.flows.fleets.tenants import addressed
from bot.flows.gating.authority import Granted
from bot.flows.targets.resolving import resolve_applied, resolve_rolled_back
from bot.flows.targets.rolling_back import rollback_for
from bot.flows.targets.unlocking import unlock
from bot.flows.telling.comment import names_in
from bot.flows.telling.rolled_back import roll_back_told
from bot.report.comment import command_words as words
from bot.world import World

Handler = Callable[[Granted, Target, str, World], Answer]


def carry_out(granted: Granted, target: Target, commit: str, world: World) -> Answer:
    """Raises what the work raises. `commit` is the one of the default branch that is checked
    out."""
    return HANDLERS[granted.said.command.verb](granted, target, commit, world)


def _apply(granted: Granted, target: Target, commit: str, world: World) -> Answer:
    if apply_part(ApplyRequest(commit), world):
        return Answer(Reaction.READ, words.fleet_goes_on(target.name))
    return Answer(Reaction.ROLLED_OUT, words.work_done(granted.said.command, target.name))


def _resolve(granted: Granted, target: Target, commit: str, world: World) -> Answer:
    command = granted.said.command
    one, there = addressed(target.name, world)
    if command.applied is not None:
        done = resolve_applied(one, command.applied, there)
    else:
        assert command.rolled_back is not None
        done = resolve_rolled_back(one, command.rolled_back, there)
    applied = command.applied is not None
    said = words.resolved(done.name, target.name, applied=applied, changed=done.changed)
    return Answer(Reaction.ROLLED_OUT, said)


def _rollback(granted: Granted, target: Target, commit: str, world: World) -> Answer:
    """Of what it does not say how far, it is for what the pull request has brought."""
    command = granted.said.command
    one, there = addressed(target.name, world)
    brought = names_in(granted.pull, there.checkout.history())
    ours = None if command.to or command.steps else brought
    rollback = rollback_for(one, there, to=command.to, steps=command.steps, only=ours)
    done = roll_back_told(rollback, there, commit=commit)
    git = what_git_needs(rollback.chosen.names, rollback.history.folder, target.name)
    return Answer(Reaction.ROLLED_OUT, words.rolled_back(done.migrations, target.name, git))


def _unlock(granted: Granted, target: Target, commit: str, world: World) -> Answer:
    one, there = addressed(target.name, world)
    unlock(one, there, lambda: True)
    return Answer(Reaction.ROLLED_OUT, words.unlocked(target.name))


HANDLERS: Mapping[Verb, Handler] = {
    Verb.APPLY: _apply,
    Verb.RETRY: _apply,
    Verb.RESUME: _apply,
    Verb.RESOLVE: _resolve,
    Verb.ROLLBACK: _rollback,
    Verb.UNLOCK: _unlock,
}
