"""What the bot says to a command, where it is more than a sign."""

from collections.abc import Iterable, Sequence

from bot.core.github.command import WORD, Command, Verb, usage
from bot.core.targets.target import Target
from bot.report.words import listed

_WHAT = {
    Verb.HELP: "lists these commands",
    Verb.CHECK: "judges the pull request again",
    Verb.PLAN: "brings the plan up to date",
    Verb.APPROVE: "approves the last commit",
    Verb.APPLY: "applies what is pending",
    Verb.RETRY: "applies again what failed or was on hold",
    Verb.RESUME: "goes on where a rollout was broken off",
    Verb.RESOLVE: "says of a failed migration that it is applied, or that nothing of it is left",
    Verb.ROLLBACK: "takes back the migrations of the pull request, or what is named",
    Verb.UNLOCK: "ends the session that holds the migration lock",
    Verb.OVERRIDE: "opens a frozen target for this pull request",
}


def help_answer() -> str:
    return "\n".join(f"`{usage(verb)}` {what}" for verb, what in _WHAT.items())


def checked_again() -> str:
    return "The check is running again, and brings this comment up to date."


def no_check_to_run() -> str:
    return (
        "No check has run for the last commit, so there is none to run again: push a commit, or "
        "close and reopen the pull request."
    )


def brought_up_to_date() -> str:
    return "This comment is up to date."


def approval_noted(commit: str, why_not: str) -> str:
    noted = f"An approval of `{commit[:7]}` was noted"
    if why_not:
        return f"{noted}, and does not count: {why_not}."
    return f"{noted}. It counts where the rules of a target let it; see “Approvals”."


def override_noted(targets: Iterable[Target]) -> str:
    names = listed([f"`{each.name}`" for each in targets], limit=5)
    return (
        f"The freeze of {names} is overridden for this pull request; the next rollout takes it "
        "into account."
    )


def work_begun(command: Command, target: str) -> str:
    return f"`{command.verb.value}` for `{target}` was handed to the job of that environment."


def work_done(command: Command, target: str) -> str:
    return f"Done: `{target}` stands as this comment says."


def fleet_goes_on(target: str) -> str:
    return f"The first tenants of `{target}` are done; other jobs go on with the rest."


def resolved(name: str, target: str, *, applied: bool, changed: bool) -> str:
    what = "applied" if applied else "rolled back"
    if not changed:
        return f"`{name}` was marked as {what} in `{target}` already."
    more = "" if applied else f" `{WORD} retry {target}` applies it from its beginning."
    return f"`{name}` is marked as {what} in `{target}`.{more}"


def unlocked(target: str) -> str:
    return (
        f"Nobody holds the migration lock of `{target}` any more. `{WORD} resume {target}` goes on "
        "where that rollout was."
    )


def rolled_back(names: Sequence[str], target: str, git: str) -> str:
    if not names:
        return f"Nothing is to be taken back from `{target}`."
    listed_names = listed([f"`{each}`" for each in names], limit=5)
    return f"Taken back from `{target}`: {listed_names}. {git}"
