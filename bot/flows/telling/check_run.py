"""The check run of a commit: begun with the work, and concluded whatever becomes of that."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bot.core.findings.review import Review
from bot.core.github.check_run import CheckResult, CheckRun, check_name, check_run_id
from bot.core.github.marker import database_key
from bot.core.github.request import CheckRequest
from bot.core.github.run import Run
from bot.errors import GitHubError
from bot.report.faces.check_run import check_result, stopped_result
from bot.world import World


@dataclass
class CheckRunTeller:
    """Tells of one check run, and never lets GitHub change what was found.

    `number` is None where there is none. `annotated` says that its findings stand beside the lines
    already, `url` is its page once it is concluded.
    """

    world: World
    run: Run
    number: int | None = None
    annotated: bool = False
    url: str = ""
    _result: CheckResult | None = None

    def begin(self) -> None:
        assert self.world.github is not None
        try:
            self.number = self.world.github.start_check_run(_wanted(self.run, self.world))
        except GitHubError as error:
            self._say("no check run", error)

    def found(self, review: Review) -> None:
        """Conclude with what the check found."""
        if self.number is None:
            return
        self._result = check_result(review, self.run)
        self._annotate(self._result)
        self._conclude()

    def end(self, error: BaseException | None = None) -> None:
        """See to it that it is concluded, after an error or after GitHub did not answer."""
        if self.number is None or self.url:
            return
        self._result = self._result or stopped_result(error or RuntimeError())
        self._conclude()

    def _annotate(self, result: CheckResult) -> None:
        assert self.world.github is not None
        assert self.number is not None
        try:
            self.world.github.annotate_check_run(self.number, result)
            self.annotated = True
        except GitHubError as error:
            self._say("no annotations in the check run", error)

    def _conclude(self) -> None:
        assert self.world.github is not None
        assert self.number is not None
        assert self._result is not None
        try:
            self.url = self.world.github.conclude_check_run(self.number, self._result)
        except GitHubError as error:
            self._say("the check run is not concluded", error)

    def _say(self, what: str, error: GitHubError) -> None:
        self.world.console.say(f"{what}: {error.message} {error.hint}")


@contextmanager
def check_run(request: CheckRequest, world: World) -> Iterator[CheckRunTeller]:
    """Without one where nobody may write it, and on what is merged: there a branch brings nothing
    any more, and what was found before stays."""
    assert world.runner is not None
    told = not request.fork and not request.merged
    with check_run_of(world.runner.run(request.head), world, told=told) as teller:
        yield teller


@contextmanager
def check_run_of(run: Run, world: World, *, told: bool = True) -> Iterator[CheckRunTeller]:
    """That of the commit that a run is about."""
    teller = CheckRunTeller(world, run)
    if told and world.github is not None:
        teller.begin()
    try:
        yield teller
    except BaseException as error:
        teller.end(error)
        raise
    teller.end()


def end_check_run(run: Run, world: World) -> None:
    """Conclude what a run left open that was killed. Raises GitHubError."""
    assert world.github is not None
    world.github.end_check_run(_wanted(run, world))


def _wanted(run: Run, world: World) -> CheckRun:
    key = database_key(run.repository_url, world.settings.folder)
    name = check_name(world.settings.database)
    return CheckRun(run.commit, check_run_id(key, run), name, url=run.url)
