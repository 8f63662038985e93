"""Check runs against the hub: begun once, annotated once, concluded whatever happens."""

import pytest

from bot.adapters.github.checks import BATCH
from bot.adapters.github.repository import GitHubRepository
from bot.core.github.check_run import Annotation, CheckResult, CheckRun, Conclusion, Level
from bot.demo.hub import Hub
from bot.demo.hub.outcomes import CheckRun as HubCheckRun
from bot.errors import GitHubError
from tests.adapters.github.conftest import Open
from tests.hub import SECOND, SHOP

WRITE = {"checks": "write", "contents": "read"}
RUNS = r"/check-runs$"
ONE = r"/check-runs/\d+$"


@pytest.fixture
def shop(open_shop: Open) -> GitHubRepository:
    return open_shop(**WRITE)


@pytest.fixture
def head(hub: Hub, number: int) -> str:
    return hub.state.repository(SHOP).pulls[number].head_sha


def known(hub: Hub) -> list[HubCheckRun]:
    """Oldest first."""
    return list(hub.state.repository(SHOP).check_runs.values())


def wanted(head: str, attempt: int = 1, key: str = "k1") -> CheckRun:
    return CheckRun(head, f"migration-bot/{key}/7/{attempt}", url="https://github.example/run")


def result(many: int = 0) -> CheckResult:
    annotations = [
        Annotation(SECOND, 1, 1, Level.WARNING, "a-rule", f"Finding {n}.", details="SELECT 2;")
        for n in range(many)
    ]
    return CheckResult(Conclusion.NEUTRAL, "A title", "A summary", tuple(annotations))


def begin(shop: GitHubRepository, head: str) -> int:
    return shop.start_check_run(wanted(head))


def test_it_is_in_progress_until_it_is_concluded(
    hub: Hub, shop: GitHubRepository, head: str
) -> None:
    number = begin(shop, head)
    (made,) = known(hub)
    assert (made.status, made.head_sha, made.name) == ("in_progress", head, "Migrations")
    assert made.details_url == "https://github.example/run"

    page = shop.conclude_check_run(number, result())
    assert (made.status, made.conclusion, made.title) == ("completed", "neutral", "A title")
    assert page.endswith(str(number))


@pytest.mark.parametrize("many", [0, 1, BATCH, BATCH + 1, 2 * BATCH + 7])
def test_annotations_come_in_batches(
    hub: Hub, shop: GitHubRepository, head: str, many: int
) -> None:
    shop.annotate_check_run(begin(shop, head), result(many))
    (made,) = known(hub)
    assert [each["message"] for each in made.annotations] == [f"Finding {n}." for n in range(many)]
    assert len([call for call in hub.calls if call.method == "PATCH"]) == -(-many // BATCH)


def test_an_annotation_has_all_that_is_known(hub: Hub, shop: GitHubRepository, head: str) -> None:
    part = Annotation(SECOND, 1, 1, Level.FAILURE, "t", "m", start_column=2, end_column=4)
    shop.annotate_check_run(
        begin(shop, head), CheckResult(Conclusion.FAILURE, "t", "s", (part, *result(1).annotations))
    )
    (made,) = known(hub)
    first, second = made.annotations
    assert first == {
        "path": SECOND,
        "start_line": 1,
        "end_line": 1,
        "start_column": 2,
        "end_column": 4,
        "annotation_level": "failure",
        "title": "t",
        "message": "m",
    }
    assert second["raw_details"] == "SELECT 2;"


def test_a_lost_answer_does_not_begin_a_second_one(
    hub: Hub, shop: GitHubRepository, head: str
) -> None:
    hub.drop_next("POST", RUNS)
    number = begin(shop, head)
    assert [each.id for each in known(hub)] == [number]


def test_a_refused_beginning_is_not_repeated(hub: Hub, shop: GitHubRepository, head: str) -> None:
    hub.fail_next("POST", RUNS, status=502)
    with pytest.raises(GitHubError, match="begin the check run"):
        begin(shop, head)
    assert len([call for call in hub.calls if call.method == "POST"]) == 1


def test_a_batch_whose_answer_was_lost_is_not_doubled(
    hub: Hub, shop: GitHubRepository, head: str
) -> None:
    number = begin(shop, head)
    hub.drop_next("PATCH", ONE)
    shop.annotate_check_run(number, result(BATCH + 2))
    assert len(known(hub)[0].annotations) == BATCH + 2


def test_a_batch_that_did_not_arrive_is_sent_again(
    hub: Hub, shop: GitHubRepository, head: str
) -> None:
    number = begin(shop, head)
    hub.fail_next("PATCH", ONE, status=502)
    shop.annotate_check_run(number, result(3))
    assert len(known(hub)[0].annotations) == 3


def test_a_lost_conclusion_is_sent_again(hub: Hub, shop: GitHubRepository, head: str) -> None:
    number = begin(shop, head)
    hub.drop_next("PATCH", ONE)
    shop.conclude_check_run(number, result())
    assert known(hub)[0].conclusion == "neutral"


def test_what_a_killed_run_left_open_is_concluded_by_the_next(
    hub: Hub, shop: GitHubRepository, head: str
) -> None:
    begin(shop, head)
    other = shop.start_check_run(wanted(head, key="k2"))
    number = shop.start_check_run(wanted(head, attempt=2))

    killed, of_another, ours = known(hub)
    assert (killed.status, killed.conclusion) == ("completed", "cancelled")
    assert (of_another.id, of_another.status) == (other, "in_progress")
    assert (ours.id, ours.status) == (number, "in_progress")


def test_a_run_that_was_killed_is_ended_and_no_other(
    hub: Hub, shop: GitHubRepository, head: str
) -> None:
    begin(shop, head)
    shop.end_check_run(wanted(head, attempt=2))
    (left,) = known(hub)
    assert left.status == "in_progress"
    shop.end_check_run(wanted(head))
    assert (left.status, left.conclusion) == ("completed", "cancelled")
    shop.conclude_check_run(left.id, result())
    shop.end_check_run(wanted(head))
    assert left.conclusion == "neutral"


def test_what_was_concluded_stays(hub: Hub, shop: GitHubRepository, head: str) -> None:
    shop.conclude_check_run(begin(shop, head), result())
    shop.start_check_run(wanted(head, attempt=2))
    assert [each.conclusion for each in known(hub)] == ["neutral", None]


def test_a_secret_is_struck_out_everywhere(hub: Hub, shop: GitHubRepository, head: str) -> None:
    told = Annotation(SECOND, 1, 1, Level.NOTICE, "hunter2", "hunter2", details="hunter2")
    spoken = CheckResult(Conclusion.SUCCESS, "hunter2", "hunter2", (told,))
    number = begin(shop, head)
    shop.annotate_check_run(number, spoken)
    shop.conclude_check_run(number, spoken)
    assert "hunter2" not in repr(known(hub))


def test_without_the_permission_the_hint_names_it(open_shop: Open, head: str) -> None:
    with pytest.raises(GitHubError) as error:
        begin(open_shop(checks="read", contents="read"), head)
    assert "checks: write" in error.value.hint
