from bot.core.board.waves import TenantStanding, WaveBoard, tenant_board
from bot.core.rollouts.plan import make_plan
from bot.core.rollouts.standing import MigrationState
from bot.core.rollouts.survey import Look
from tests.fakes import applied, migration
from tests.report.pages.boards import board

FIRST, SECOND = migration("20260101000000_a"), migration("20260102000000_b")


def test_names_are_those_of_the_history_and_of_every_target_in_order() -> None:
    given = board()
    assert list(given.names) == sorted(given.names)
    assert set(given.by_name) == set(given.names)


def test_what_anybody_of_a_fleet_lacks_is_pending() -> None:
    tenants = next(each for each in board().targets if each.name == "tenants")
    states = list(tenants.states.values())
    assert states.count(MigrationState.PENDING) == 2
    assert states.count(MigrationState.APPLIED) == 12


def test_a_reason_is_told_once() -> None:
    told = board().all_unread
    assert len(told) == len(set(told))


def test_a_tenant_stands_as_it_was_seen() -> None:
    plan = make_plan("t", [FIRST, SECOND], [applied(FIRST)])
    done = make_plan("t", [FIRST], [applied(FIRST)])
    gone = make_plan("t", [SECOND], [applied(FIRST)])
    wave = WaveBoard(
        "early",
        tuple(
            tenant_board(each)
            for each in (
                Look("a", plan),
                Look("b", done),
                Look("c", gone),
                Look("d", problem="refused"),
            )
        ),
    )
    assert wave.counted == dict.fromkeys(TenantStanding, 1)
    assert [each.pending for each in wave.tenants] == [1, 0, 0, 0]
