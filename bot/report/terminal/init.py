"""What `init` did, and what is left for a person to do on GitHub."""

from collections.abc import Iterable, Iterator, Sequence
from difflib import unified_diff

from bot.core.github.check_run import check_name
from bot.core.initial import Laid, Pin, Stage, stages_of
from bot.core.settings import Settings
from bot.report.escape import visible

_USUAL = (
    Stage("staging", ("staging",), ("STAGING_DATABASE_URL",)),
    Stage("production", ("production",), ("PRODUCTION_DATABASE_URL",)),
)


def initial_text(
    laid: Iterable[Laid], pin: Pin, *, dry_run: bool, databases: Sequence[Settings] = ()
) -> str:
    """A line for each file, the differences of those that were left, and then the next steps.

    `databases` are those of a configuration that names several.
    """
    known = list(laid)
    lines = [f"{_became(each, dry_run=dry_run)}  {each.path}" for each in known]
    for each in known:
        if each.differs and not each.written:
            lines += ["", *_difference(each)]
    stages = stages_of(databases) if databases else _USUAL
    checks = [check_name(each.database) for each in databases] or [check_name()]
    return "\n".join([*lines, "", *_next_steps(pin, stages, checks)])


def _became(laid: Laid, *, dry_run: bool) -> str:
    if laid.before == laid.text:
        return "is there   "
    if not laid.written:
        return "left alone "
    done = "replaced" if laid.differs else "written"
    return f"{'would be ' if dry_run else ''}{done}".ljust(11)


def _difference(laid: Laid) -> Iterator[str]:
    before = visible(laid.before or "").splitlines()
    yield f"{laid.path} is there and differs; --force puts the new one in its place:"
    yield from unified_diff(
        before, laid.text.splitlines(), "what is there", "what init writes", lineterm="", n=1
    )


def _next_steps(pin: Pin, stages: Sequence[Stage], checks: Sequence[str]) -> list[str]:
    made = " and ".join(f"`{each.name}`" for each in stages)
    secrets = [f"       {each.name:<10}  {name}" for each in stages for name in each.secrets]
    required = " and ".join(f"`{each}`" for each in checks)
    return [
        "Next, on GitHub:",
        f"  1. Settings, Environments: make {made}. Let only the default branch",
        "     deploy to them, and give `production` required reviewers where your plan has them.",
        "  2. Give each its secret, the connection string of a role for migrations:",
        *secrets,
        "     And MIGRATION_BOT_AUDIT_KEY, where records of rollouts are to be signed.",
        "  3. Commit these files on a branch of their own, open a pull request, and merge it.",
        "  4. Settings, Rules: on the default branch require a pull request with an approval that",
        f"     a push dismisses, and the check {required} to pass.",
        "  5. Where forks are welcome: Settings, Actions, ask for approval before their runs.",
        "",
        f"The workflows use {pin}.",
        "Dependabot can keep that current (package-ecosystem: github-actions); so does",
        "`migration-bot init --force --bot …` with another commit.",
    ]
