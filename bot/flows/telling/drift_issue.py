"""Keeping one issue on the drift of each target: opened, kept up to date, closed, opened again."""

from bot.core.drift.look import DriftState, Look
from bot.core.github.issue import Deed, IssueDecision, IssueMark, decide_issue, drift_key
from bot.errors import UsageError
from bot.report.drift.markdown import closing_comment, digest_of_look, issue_body, issue_title
from bot.report.drift.marker import read_issue_mark, with_mark
from bot.world import World

LABEL = "schema drift"


def require_github(world: World) -> None:
    """Raises UsageError where there is nowhere to keep an issue."""
    if world.github is None or world.runner is None:
        raise UsageError(
            "There is no GitHub here to keep an issue on.",
            hint="Leave out `--issue`, or run it in a job with `permissions: issues: write` and "
            "GITHUB_TOKEN.",
        )


def keep_issue(look: Look, world: World) -> Deed:
    """What became of it. Where nothing could be seen, or a rollout is running, it stays as it is.

    Raises GitHubError."""
    assert world.github is not None
    assert world.runner is not None
    if look.state not in (DriftState.CLEAN, DriftState.DRIFTED):
        return Deed.NOTHING
    run = world.runner.run(world.checkout.head())
    key = drift_key(run.repository_url, world.settings.folder, look.target)
    existing = world.github.own_issues(LABEL)
    digest = digest_of_look(look)
    decision = decide_issue(existing, key, digest, look.at, read=read_issue_mark)
    mark = IssueMark(key, digest, decision.since)
    if decision.deed is Deed.CLOSE:
        _close(decision, mark, closing_comment(look, decision.since, run), world)
    elif decision.deed is not Deed.NOTHING:
        _write(decision, mark, issue_title(look), issue_body(look, mark, run), world)
    return decision.deed


def _write(decision: IssueDecision, mark: IssueMark, title: str, body: str, world: World) -> None:
    assert world.github is not None
    if decision.issue is not None:
        world.github.edit_issue(decision.issue.number, title=title, body=body, open=True)
        return

    def mine(text: str) -> bool:
        found = read_issue_mark(text)
        return found is not None and found.key == mark.key

    world.github.open_issue(title, body, label=LABEL, mine=mine)


def _close(decision: IssueDecision, mark: IssueMark, comment: str, world: World) -> None:
    """The comment first: an issue that could not be closed is tried again, and says it twice."""
    assert world.github is not None
    issue = decision.issue
    assert issue is not None
    if issue.open:
        world.github.comment_on_issue(issue.number, comment)
    body = with_mark(issue.body, mark)
    world.github.edit_issue(issue.number, title=issue.title, body=body, open=False)
