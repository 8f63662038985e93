"""What `init` did, and what is left for a person to do on GitHub."""

from collections.abc import Iterable, Iterator
from difflib import unified_diff

from bot.core.initial import Laid, Pin
from bot.report.escape import visible

_CHECK = "Migrations"


def initial_text(laid: Iterable[Laid], pin: Pin, *, dry_run: bool) -> str:
    """A line for each file, the differences of those that were left, and then the next steps."""
    known = list(laid)
    lines = [f"{_became(each, dry_run=dry_run)}  {each.path}" for each in known]
    for each in known:
        if each.differs and not each.written:
            lines += ["", *_difference(each)]
    return "\n".join([*lines, "", *_next_steps(pin)])


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


def _next_steps(pin: Pin) -> list[str]:
    return [
        "Next, on GitHub:",
        "  1. Settings, Environments: make `staging` and `production`. Let only the default branch",
        "     deploy to them, and give `production` required reviewers where your plan has them.",
        "  2. Give each its secret, the connection string of a role for migrations:",
        "       staging     STAGING_DATABASE_URL",
        "       production  PRODUCTION_DATABASE_URL",
        "     And MIGRATION_BOT_AUDIT_KEY, where records of rollouts are to be signed.",
        "  3. Commit these files on a branch of their own, open a pull request, and merge it.",
        "  4. Settings, Rules: on the default branch require a pull request with an approval that",
        f"     a push dismisses, and the check `{_CHECK}` to pass.",
        "  5. Where forks are welcome: Settings, Actions, ask for approval before their runs.",
        "",
        f"The workflows use {pin}.",
        "Dependabot can keep that current (package-ecosystem: github-actions); so does",
        "`migration-bot init --force --bot …` with another commit.",
    ]
