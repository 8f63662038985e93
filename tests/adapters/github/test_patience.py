import requests

from bot.adapters.github.patience import NotAsked, Patience
from bot.adapters.github.trouble import Trouble


class Clock:
    """Time that only passes in sleep."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def patience(clock: Clock, said: list[str], **settings: float) -> Patience:
    return Patience(
        say=said.append,
        sleep=clock.sleep,
        clock=lambda: clock.now,
        jitter=lambda low, high: high,
        **settings,
    )


def test_steps_grow_until_the_attempts_are_used_up() -> None:
    clock, said = Clock(), list[str]()
    waiting = patience(clock, said)
    down = Trouble("it answered 502")
    assert [waiting.again(down, attempt) for attempt in range(5)] == [True] * 4 + [False]
    assert clock.slept == [1, 2, 4, 8]
    assert said[0] == "waiting 1 s for GitHub: it answered 502"


def test_a_wait_that_github_asks_for_is_told_and_kept() -> None:
    clock, said = Clock(), list[str]()
    assert patience(clock, said).again(Trouble("its rate limit is used up", 37.0), 0)
    assert clock.slept == [37.0]
    assert said == ["waiting 37 s for GitHub: its rate limit is used up"]


def test_a_wait_beyond_the_budget_is_not_begun() -> None:
    clock, said = Clock(), list[str]()
    waiting = patience(clock, said, budget=100)
    limit = Trouble("its rate limit is used up", 60.0)
    assert waiting.again(limit, 0)
    assert not waiting.again(limit, 0)
    assert clock.slept == [60.0]


def test_jitter_keeps_two_runs_from_asking_at_the_same_moments() -> None:
    asked: list[tuple[float, float]] = []

    def jitter(low: float, high: float) -> float:
        asked.append((low, high))
        return low

    waiting = Patience(sleep=lambda seconds: None, jitter=jitter)
    for attempt in range(3):
        waiting.again(Trouble("it answered 502"), attempt)
    assert asked == [(0.5, 1), (1, 2), (2, 4)]


def test_a_github_that_hangs_costs_a_rollout_the_budget_and_then_one_call_a_minute() -> None:
    clock, said = Clock(), list[str]()
    waiting = patience(clock, said, budget=50)
    sent = 0

    def hangs() -> requests.Response:
        nonlocal sent
        sent += 1
        clock.now += 20
        raise requests.ReadTimeout

    outcomes = []
    for _ in range(20):
        try:
            waiting.ask(hangs)
        except NotAsked:
            outcomes.append("not asked")
        except requests.ReadTimeout:
            outcomes.append("hung")
    assert outcomes == ["hung"] * 3 + ["not asked"] * 17
    assert (sent, clock.now) == (3, 60)
    clock.now += 61
    answer = requests.Response()
    assert waiting.ask(lambda: answer) is answer
