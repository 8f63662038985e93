from hypothesis import given
from hypothesis import strategies as st

from bot.core.github.marker import Marker
from bot.core.github.pull import Comment
from bot.core.github.sticky import Decision, decide

MINE = Marker("key", run=5, attempt=1)


def body(key: str = "key", run: int = 1, attempt: int = 1, text: str = "old") -> str:
    return f"{key}|{run}|{attempt}|{text}"


def read(text: str) -> Marker | None:
    key, *rest = text.split("|")
    return Marker(key, run=int(rest[0]), attempt=int(rest[1])) if len(rest) == 3 else None


def same(one: str, other: str) -> bool:
    return one.rpartition("|")[2] == other.rpartition("|")[2]


def choose(*bodies: str, text: str = "new", wanted: bool = True) -> Decision:
    existing = [Comment(number, each) for number, each in enumerate(bodies, 1)]
    new = body(run=MINE.run, text=text)
    return decide(existing, new, MINE, read=read, same=same, wanted=wanted)


def test_the_first_time_a_comment_is_written() -> None:
    assert choose() == Decision(create=True)


def test_our_comment_is_rewritten_in_place() -> None:
    assert choose(body()) == Decision(edit=1)


def test_a_comment_without_our_marker_is_left_alone() -> None:
    assert choose("thanks!", body(key="another database")) == Decision(create=True)


def test_nothing_is_sent_when_nothing_changed() -> None:
    assert choose(body(text="new")) == Decision()


def test_a_newer_run_is_never_overwritten() -> None:
    assert choose(body(run=6)) == Decision()
    assert choose(body(run=5, attempt=2)) == Decision()


def test_the_same_run_may_rewrite_its_own() -> None:
    assert choose(body(run=5)) == Decision(edit=1)


def test_doubles_are_deleted_and_the_oldest_stays() -> None:
    assert choose(body(), "chatter", body()) == Decision(edit=1, delete=(3,))


def test_with_nothing_to_say_no_comment_is_begun_and_an_old_one_is_brought_up_to_date() -> None:
    assert choose(wanted=False) == Decision()
    assert choose(body(), wanted=False) == Decision(edit=1)


@given(st.lists(st.builds(body, st.sampled_from(["key", "other"]), st.integers(1, 9))))
def test_after_any_decision_at_most_one_of_ours_is_left(bodies: list[str]) -> None:
    decision = choose(*bodies)
    ours = [number for number, each in enumerate(bodies, 1) if each.startswith("key|")]
    left = len(set(ours) - set(decision.delete)) + decision.create

    assert left == 1
    assert set(decision.delete) <= set(ours)
