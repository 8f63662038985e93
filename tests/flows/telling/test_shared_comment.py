"""One comment on several databases: each run rewrites its own parts, and keeps the others."""

from dataclasses import dataclass, field, replace

from bot.core.github.marker import database_key
from bot.core.github.pull import Comment
from bot.core.github.said import Answered, Reaction
from bot.flows.reviewing.review import review_change
from bot.flows.telling.comment import keep_comment, keep_comments, report_on
from bot.flows.telling.told import Told
from bot.report.comment.marker import read_marker
from bot.report.comment.parts import read_parts
from bot.world import World
from tests.fakes import NOON, FakeGitHub
from tests.flows.several import HARMLESS, RISKY, Two
from tests.flows.world import HEAD, NUMBER


def told(two: Two, world: World) -> Told:
    review = review_change(world.checkout.change(None, NOON), world)
    two.github.pulls[NUMBER] = two.pull
    return Told(report_on(two.pull, review, world, commit=HEAD), world)


def keep(two: Two, *names: str, run: int = 1) -> None:
    two.runner.id = run
    keep_comments([told(two, each) for each in two.worlds(*names)])


def runs(body: str) -> list[int]:
    return [each.marker.run for each in read_parts(body)]


def test_a_part_that_is_not_told_of_now_is_kept_to_the_letter() -> None:
    two = Two()
    keep(two)
    before = read_parts(two.comments[0])
    two.brought = {"shop": RISKY, "billing": HARMLESS}
    keep(two, "shop", run=2)
    (comment,) = two.comments
    after = read_parts(comment)
    assert runs(comment) == [2, 1]
    assert after[1] == before[1]
    assert comment.splitlines()[1].startswith("## 🔴 2 databases · shop:")


def test_a_run_that_was_overtaken_has_no_say_in_its_part_alone() -> None:
    two = Two()
    keep(two, "shop", run=5)
    keep(two, "shop", "billing", run=4)
    assert runs(two.comments[0]) == [5, 4]


def test_nothing_is_written_if_nothing_is_new() -> None:
    two = Two()
    keep(two)
    earlier = two.comments[0].replace("updated 2026-11-22 12:00", "updated 2026-11-22 11:00")
    two.github.comments[NUMBER] = [Comment(1, earlier)]
    before = two.comments
    keep(two)
    assert two.comments == before


def test_a_database_that_nothing_is_brought_to_has_no_part_until_there_was_something() -> None:
    two = Two({"billing": HARMLESS})
    keep(two)
    assert [each.marker.key for each in read_parts(two.comments[0])] == [
        database_key("https://github.com/acme/shop", "billing/migrations")
    ]
    two.brought = {"shop": HARMLESS}
    keep(two, run=2)
    (comment,) = two.comments
    assert "### 🟢 billing: No new migrations" in comment
    assert "### 🟢 shop: 1 new migration" in comment


def test_without_anything_to_say_no_comment_is_begun() -> None:
    two = Two({})
    keep(two)
    assert two.comments == []


def test_a_double_goes_and_the_newest_part_of_each_stays() -> None:
    two = Two()
    keep(two, "shop", run=1)
    older = two.comments[0]
    keep(two, "shop", "billing", run=3)
    two.github.comments[NUMBER] = [Comment(1, older), Comment(2, two.comments[0])]
    keep(two, "billing", run=4)
    (comment,) = two.comments
    assert runs(comment) == [3, 4]


def test_what_looks_like_the_end_of_a_part_is_text_of_it() -> None:
    """Whoever writes the SQL can write lines such as ours into it."""
    two = Two()
    keep(two)
    end = next(each for each in two.comments[0].splitlines() if "migration-bot end" in each)
    first = two.comments[0].splitlines()[0]
    forged = f"CREATE TABLE b (id int PRIMARY KEY, t text DEFAULT '\n{end}\n{first}\n');"
    two.brought = {"shop": forged, "billing": HARMLESS}
    keep(two, run=2)
    keep(two, "billing", run=3)
    (comment,) = two.comments
    assert end in comment.splitlines()
    assert runs(comment) == [2, 3]


def test_what_is_struck_out_of_a_part_loses_nobody_elses() -> None:
    two = Two()
    keep(two)
    struck = two.comments[0].replace(two.more("shop").name, "[redacted]")
    two.github.comments[NUMBER] = [Comment(1, struck.replace("\n", "\r\n"))]
    keep(two, "shop", run=2)
    assert runs(two.comments[0]) == [2, 1]


@dataclass
class Racing(FakeGitHub):
    """Somebody else writes at the same moment, having read what was there before."""

    slower: list[str] = field(default_factory=list)

    def edit_comment(self, pull: int, comment: int, body: str) -> None:
        super().edit_comment(pull, comment, self.slower.pop() if self.slower else body)


def test_what_a_rollout_at_the_same_time_has_put_back_is_written_again() -> None:
    two = Two(github=Racing())
    keep(two, run=1)
    before = two.comments[0]
    keep(two, "billing", run=3)
    others = two.comments[0]
    two.github.comments[NUMBER] = [Comment(1, before)]
    two.github.slower = [others]  # type: ignore[attr-defined]
    keep(two, "shop", run=2)
    assert runs(two.comments[0]) == [2, 3]


def test_each_has_a_comment_of_its_own_where_that_is_configured() -> None:
    two = Two(apart=True)
    keep(two)
    shop, billing = two.comments
    keep(two, "billing", run=2)
    assert two.comments[0] == shop
    assert two.comments[1] != billing
    assert read_parts(shop) == ()


def test_comments_of_before_make_way_for_the_one_on_all() -> None:
    apart = Two(apart=True)
    keep(apart)
    together = Two(github=apart.github)
    keep(together, "shop", run=2)
    assert ["### 🟢 shop" in each for each in together.comments] == [False, True]
    keep(together, "billing", run=3)
    (comment,) = together.comments
    assert runs(comment) == [2, 3]


def test_what_is_said_of_a_command_comes_from_its_own_database() -> None:
    two = Two()
    shop, billing = (told(two, each) for each in two.worlds())
    answered = Answered("mia", NOON, "/migrate apply billing-staging", Reaction.REFUSED)
    known = replace(answered, answer="Nobody merged it.")
    keep_comments(
        [
            replace(shop, report=replace(shop.report, commands=(answered,))),
            replace(billing, report=replace(billing.report, commands=(known,))),
        ]
    )
    assert "Nobody merged it." in two.comments[0]
    keep(two, "shop", run=2)
    assert runs(two.comments[0]) == [2, 1]


def long(database: str) -> str:
    note = "n" * 400
    rows = "\n".join(f"INSERT INTO a VALUES ({n}, length('{note}'));" for n in range(120))
    return f"-- {database}\n{rows}\nCREATE INDEX a_b ON a (b);"


def test_databases_share_the_room_of_a_comment() -> None:
    two = Two({name: long(name) for name in ("shop", "billing")})
    keep(two)
    (comment,) = two.comments
    shop, billing = read_parts(comment)
    assert len(comment.encode()) <= 60_000
    assert abs(shop.size - billing.size) < 10_000
    assert "index-create-blocking" in shop.text
    assert "index-create-blocking" in billing.text


def test_one_that_had_all_the_room_makes_way_for_another() -> None:
    two = Two({name: long(name) for name in ("shop", "billing")})
    keep(two, "shop")
    alone = read_parts(two.comments[0])[0]
    keep(two, "billing", run=2)
    (comment,) = two.comments
    shop, billing = read_parts(comment)
    assert len(comment.encode()) <= 60_000
    assert shop.size < alone.size
    assert shop.text.startswith(alone.text.splitlines()[0])
    assert "index-create-blocking" in billing.text


def test_the_comment_is_found_by_the_key_of_all() -> None:
    two = Two()
    world, _ = two.worlds()
    keep_comment(told(two, world).report, world)
    mark = read_marker(two.comments[0])
    assert mark is not None
    assert mark.key not in {each.marker.key for each in read_parts(two.comments[0])}
    assert mark == replace(mark, run=1, sha=HEAD)
