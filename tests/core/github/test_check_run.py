"""What a check run is known by."""

from bot.core.github.check_run import check_name, check_run_id, same_check
from tests.fakes import FakeRunner

RUN = FakeRunner().run("c" * 40)


def test_runs_of_one_database_are_told_from_those_of_another() -> None:
    ours = check_run_id("k1", RUN)
    assert same_check(ours, "migration-bot/k1/7/2")
    assert not same_check(ours, check_run_id("k2", RUN))


def test_what_somebody_else_wrote_is_not_ours() -> None:
    for other in ("", "migration-bot", "k1", "another/k1/7/2"):
        assert not same_check(check_run_id("k1", RUN), other)
        assert not same_check(other, other)


def test_where_there_are_several_databases_each_has_a_check_run() -> None:
    assert [check_name(), check_name("shop")] == ["Migrations", "Migrations (shop)"]
