"""What a run has to tell on a pull request of one database, and how a comment is written."""

from dataclasses import dataclass

from bot.core.github.deployment import progress_of
from bot.core.github.marker import Marker, database_key
from bot.core.github.sticky import Decision
from bot.core.rollouts.progress import Progress
from bot.report.comment.comment import same_but_for_time, same_state
from bot.report.comment.marker import read_marker
from bot.report.report import Report
from bot.world import World


@dataclass(frozen=True)
class Told:
    """Without `news` a comment is left as it is if it shows the same state. `rollout` is what this
    very run did to a target."""

    report: Report
    world: World
    news: bool = True
    rollout: Progress | None = None

    @property
    def key(self) -> str:
        """Tells its database from any other's."""
        assert self.report.run is not None
        return database_key(self.report.run.repository_url, self.world.settings.folder)

    @property
    def wanted(self) -> bool:
        """Whether there is anything to say. That there is nothing is said once."""
        return bool(self.report.review.migrations or self.report.review.findings)

    def same(self, one: str, other: str) -> bool:
        """Whether what stands there says as much as what would be written."""
        found = same_but_for_time if self.news and self.wanted else same_state
        return found(one, other)

    @property
    def overrules(self) -> bool:
        """Whether it is told even if a newer run has written meanwhile."""
        return self.rollout is not None and _is_newest(self.rollout, self.report, self.world)


def carry_out(decision: Decision, body: str, marker: Marker, told: Told) -> None:
    github, pull = told.world.github, told.report.pull
    assert github is not None
    assert pull is not None
    if decision.create:
        github.create_comment(pull, body, mine=lambda text: _same_key(text, marker))
    if decision.edit is not None:
        github.edit_comment(pull, decision.edit, body)
    for double in decision.delete:
        github.delete_comment(pull, double)


def _is_newest(rollout: Progress, report: Report, world: World) -> bool:
    """Whether nobody has rolled the same migrations out to the same target since."""
    assert world.github is not None
    texts = {each.migration.name: each.migration.checksum for each in report.review.migrations}
    target = world.settings.target(rollout.target)
    known = progress_of(target, world.github.deployments(target.name), texts)
    if known.at is None or rollout.at is None or known.run_url == rollout.run_url:
        return True
    return known.at <= rollout.at


def _same_key(body: str, marker: Marker) -> bool:
    found = read_marker(body)
    return found is not None and found.key == marker.key
