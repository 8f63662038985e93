"""Where what was told can be read."""

from bot.flows.telling.comment import comment_key
from bot.report.comment.comment import read_marker
from bot.report.report import Report
from bot.world import World


def comment_url(report: Report, world: World) -> str:
    """The page of the comment on a report's pull request; "" if there is none. Raises
    GitHubError."""
    assert world.github is not None
    assert report.run is not None
    assert report.pull is not None
    key = comment_key(report, world)
    for each in world.github.own_comments(report.pull):
        mark = read_marker(each.body)
        if mark is not None and mark.key == key:
            return f"{report.run.repository_url}/pull/{report.pull}#issuecomment-{each.id}"
    return ""
