"""The first answer to a command, in a job that has no secret: done here, refused, or handed on."""

from collections.abc import Callable, Mapping, Sequence

from bot.core.approvals.approval_policy import Permission
from bot.core.github.command import Verb
from bot.core.github.said import Reaction
from bot.errors import GitHubError
from bot.flows.asked.commands.answers import Answer
from bot.flows.gating.authority import Granted
from bot.flows.telling.comment import keep_comment, report_after_merge
from bot.report.comment import command_words as words
from bot.world import World

WORKFLOW_VARIABLE = "MIGRATION_BOT_CHECK_WORKFLOW"
_WORKFLOW = "migration-check.yml"
_WORK = {
    Verb.APPLY: "apply",
    Verb.RETRY: "apply",
    Verb.RESUME: "apply",
    Verb.RESOLVE: "resolve",
    Verb.ROLLBACK: "rollback",
    Verb.UNLOCK: "unlock",
}

# They bring a comment up to date. Of a pull request that is open the check does that, for all.
_SHOWING = frozenset({Verb.CHECK, Verb.PLAN, Verb.APPROVE, Verb.OVERRIDE})

Handler = Callable[[Granted, World], Answer]


def hear(granted: Granted, world: World, others: Sequence[World] = ()) -> Answer:
    """`others` are the repository's other databases: what is shown is shown of them, too."""
    verb = granted.said.command.verb
    answer = HANDLERS[verb](granted, world)
    if granted.pull.merged and verb in _SHOWING:
        for each in others:
            _show(granted, each)
    return answer


def _help(granted: Granted, world: World) -> Answer:
    return Answer(Reaction.DONE, words.help_answer())


def _check(granted: Granted, world: World) -> Answer:
    if granted.pull.merged:
        return _up_to_date(granted, world)
    found = _run_check(granted, world)
    return Answer(Reaction.DONE if found else Reaction.FAILED, _about_check(found))


def _up_to_date(granted: Granted, world: World) -> Answer:
    keep_comment(report_after_merge(granted.pull, world), world)
    return Answer(Reaction.DONE, words.brought_up_to_date())


def _approve(granted: Granted, world: World) -> Answer:
    _show(granted, world)
    return Answer(Reaction.DONE, words.approval_noted(granted.said.commit, _counts_not(granted)))


def _counts_not(granted: Granted) -> str:
    """What no configuration can make count; the rest is for the gate of each target to say."""
    if granted.person.permission < Permission.WRITE:
        return f"`{granted.person.login}` may not write to the repository"
    if granted.person.login.lower() == granted.pull.author.lower():
        return "nobody approves a pull request of their own"
    return ""


def _override(granted: Granted, world: World) -> Answer:
    _show(granted, world)
    return Answer(Reaction.DONE, words.override_noted(granted.targets))


def _hand_on(granted: Granted, world: World) -> Answer:
    """The job of the target's environment reads the comment again, and decides anew."""
    command, target = granted.said.command, granted.targets[0].name
    outputs = {"work": _WORK[command.verb], "target": target}
    return Answer(Reaction.READ, words.work_begun(command, target), outputs)


def _show(granted: Granted, world: World) -> None:
    """What was said counts whether or not the comment shows it, so this may fail."""
    try:
        if granted.pull.merged:
            keep_comment(report_after_merge(granted.pull, world), world)
        else:
            _run_check(granted, world)
    except GitHubError as error:
        world.console.say(f"the comment is not up to date: {error.message} {error.hint}")


def _run_check(granted: Granted, world: World) -> bool:
    """The check workflow runs again, where no token that may write is near what it judges."""
    assert world.github is not None
    workflow = world.environ.get(WORKFLOW_VARIABLE) or _WORKFLOW
    return world.github.check_again(granted.pull.number, workflow)


def _about_check(found: bool) -> str:
    return words.checked_again() if found else words.no_check_to_run()


HANDLERS: Mapping[Verb, Handler] = {
    Verb.HELP: _help,
    Verb.CHECK: _check,
    Verb.PLAN: _check,
    Verb.APPROVE: _approve,
    Verb.APPLY: _hand_on,
    Verb.RETRY: _hand_on,
    Verb.RESUME: _hand_on,
    Verb.RESOLVE: _hand_on,
    Verb.ROLLBACK: _hand_on,
    Verb.UNLOCK: _hand_on,
    Verb.OVERRIDE: _override,
}
