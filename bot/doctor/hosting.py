"""GitHub: the workflows of the checkout, and what a token can see of the repository."""

import re
from collections.abc import Iterator, Sequence

from bot.core.counting import count
from bot.core.doctor.check import Check, failed, passed, refused, skipped, warned
from bot.core.doctor.hosting import EnvironmentLook, RepositoryLook, WorkflowLook

PERMISSIONS = "docs/reference/permissions.md"
_USES = re.compile(r"^(\s*(?:- )?uses:\s*)(['\"]?)([^\s'\"#]+)\2(.*)$", re.MULTILINE)
_COMMIT = re.compile(r"[0-9a-f]{40}")


def hosting_checks(
    workflows: Sequence[WorkflowLook], look: RepositoryLook | None, wanted: Sequence[str]
) -> Iterator[Check]:
    """`look` is None without a token, `wanted` are the names of the bot's own check runs."""
    yield from workflow_checks(workflows)
    if look is None or look.trouble is not None:
        why = "GITHUB_TOKEN and GITHUB_REPOSITORY are not both set."
        if look is not None and look.trouble is not None:
            yield refused("token", look.trouble)
            why = "the repository could not be asked."
        else:
            yield skipped("token", why)
        yield from (skipped(name, why) for name in ("required-check", "environments"))
        return
    yield token(look)
    yield required_check(look, wanted)
    yield environments(look.environments)


def workflow_checks(workflows: Sequence[WorkflowLook]) -> Iterator[Check]:
    there = [each for each in workflows if each.text is not None]
    if not there:
        why = "there is no workflow of the bot here."
        advice = "`migration-bot init` writes them, if it is to work on GitHub."
        yield skipped("workflows", why, advice)
        yield from (skipped(name, why) for name in ("workflow-pins", "workflow-texts"))
        return
    yield present(workflows)
    yield pinned(there)
    yield current(there)


def present(workflows: Sequence[WorkflowLook]) -> Check:
    missing = [each.path for each in workflows if each.text is None]
    if missing:
        said = f"{count(len(missing), 'workflow')} of the bot: {', '.join(missing)}."
        said = f"There is no {missing[0]}." if len(missing) == 1 else f"Missing are {said}"
        return warned("workflows", said, "Run `migration-bot init`: it leaves the others alone.")
    return passed("workflows", f"{count(len(workflows), 'workflow')} of the bot are there.")


def pinned(workflows: Sequence[WorkflowLook]) -> Check:
    """A branch or a tag can be moved to other code, which then has the job's secrets."""
    for each in workflows:
        for used in _used(each.text or ""):
            name, _, version = used.partition("@")
            if not _COMMIT.fullmatch(version):
                return failed(
                    "workflow-pins",
                    f"{each.path} uses {used}, and that can be moved to other code.",
                    f"Write `{name}@` and all 40 digits of a commit in its place.",
                )
    return passed("workflow-pins", "Everything that they use is pinned to a commit.")


def current(workflows: Sequence[WorkflowLook]) -> Check:
    """Whatever commits are pinned: those are moved on by whoever keeps them up to date."""
    name = "workflow-texts"
    known = [each for each in workflows if each.expected is not None]
    if not known:
        return skipped(name, "which copy of the bot they use cannot be told.")
    differing = [each.path for each in known if _plain(each.text) != _plain(each.expected)]
    if differing:
        more = f" and {count(len(differing) - 1, 'other')}" if len(differing) > 1 else ""
        verb = "are" if more else "is"
        return warned(
            name,
            f"{differing[0]}{more} {verb} not as this version of the bot writes it.",
            "Run `migration-bot init --force`, and look with `git diff` at what that changes.",
        )
    return passed(name, "They are as this version of the bot writes them.")


def token(look: RepositoryLook) -> Check:
    if look.refused:
        names = ", ".join(look.refused)
        said = f"The token may not read everything that some jobs read: {names} was refused."
        one = next(iter(look.refused))
        advice = f"Give the job what {PERMISSIONS} names for it, such as `{one}`."
        return warned("token", said, advice)
    said = "The token reads all that the bot reads; what it may write shows when something is."
    return passed("token", said)


def required_check(look: RepositoryLook, wanted: Sequence[str]) -> Check:
    name = "required-check"
    if look.required is None:
        return skipped(name, "how the branch is protected could not be read.")
    missing = [each for each in wanted if each not in look.required]
    if missing:
        return warned(
            name,
            f"The protection of {look.branch} does not require the check {missing[0]}, so a red "
            "one can be merged, unless a ruleset requires it.",
            f"Under Settings, Branches (or Rules), require the check `{missing[0]}` for "
            f"{look.branch}.",
        )
    return passed(name, f"{look.branch} requires the check {', '.join(wanted)}.")


def environments(looks: Sequence[EnvironmentLook]) -> Check:
    """The secrets of one that is open to every branch are open to whoever can push one."""
    name = "environments"
    unknown = [each for each in looks if each.trouble is not None]
    if unknown and unknown[0].trouble is not None:
        return skipped(name, unknown[0].trouble.message, unknown[0].trouble.hint)
    if not looks:
        return skipped(name, "there is no target of the kind staging or production.")
    for each in looks:
        if not each.there:
            said = f"There is no environment {each.name}: its first job makes one, open to all."
            advice = f"Under Settings, Environments, add {each.name}, its secrets and its branches."
            return warned(name, said, advice)
        if not (each.limited or each.reviewed):
            said = f"Every branch may use the environment {each.name}, and so its secrets."
            advice = f"Under Settings, Environments, {each.name}: choose its deployment branches."
            return warned(name, said, advice)
    names = ", ".join(each.name for each in looks)
    return passed(name, f"Not everybody may use the environments: {names}.")


def bot_used(texts: Sequence[str]) -> str | None:
    """The repository of the bot that workflows use; None if they use none, or another's."""
    for text in texts:
        for used in _used(text):
            repository = used.partition("@")[0]
            if repository.count("/") == 1 and repository.partition("/")[2] == "migration-bot":
                return repository
    return None


def _used(text: str) -> Iterator[str]:
    """What is another's; a path is the repository's own."""
    for match in _USES.finditer(text):
        if not match[3].startswith(("./", "docker://")):
            yield match[3]


def _plain(text: str | None) -> str:
    """Without the commits, and the comments behind them."""
    return _USES.sub(lambda match: match[1] + match[3].partition("@")[0], text or "").strip()
