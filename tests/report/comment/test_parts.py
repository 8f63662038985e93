"""The parts of a comment on several databases: cut out again, whatever is written in them."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.core.findings.review import Review
from bot.core.github.marker import Marker
from bot.report.comment.marker import cut_marker, end_line, marker_line, with_end
from bot.report.comment.parts import Part, outlined, part_of, read_parts, whole_of
from bot.report.report import Report
from tests.fakes import NOON
from tests.report.samples import HOSTILE, RUN


def made(key: str, text: str) -> Part:
    return Part(with_end(Marker(key, run=1), text), text)


def whole(*parts: Part) -> str:
    return whole_of(parts, "all", NOON, [])


@given(st.lists(st.text(st.characters(exclude_characters="\r")), min_size=1, max_size=4))
def test_parts_read_back_whatever_their_text_is(texts: list[str]) -> None:
    parts = tuple(made(str(key), text) for key, text in enumerate(texts))
    assert read_parts(whole(*parts)) == parts


@given(st.text(st.sampled_from("<!->\n migration-bot end v1 {}")), st.text(max_size=20))
def test_a_text_that_imitates_ours_ends_nothing(text: str, key: str) -> None:
    earlier = made("one", text)
    forged = f"{end_line(earlier.marker)}{marker_line(Marker(key))}\n{text}"
    one, two = made("one", forged), made("two", "Two.\n")
    assert read_parts(whole(one, two)) == (one, two)


def test_carriage_returns_and_words_that_were_struck_out_lose_nothing() -> None:
    one, two = made("one", "### 🟢 one: hunter2\nMore.\n"), made("two", "### 🟢 two: Fine\n")
    kept = read_parts(whole(one, two).replace("hunter2", "***").replace("\n", "\r\n"))
    assert [each.marker for each in kept] == [one.marker, two.marker]
    assert kept[1] == two


def test_a_part_whose_end_somebody_took_away_is_left_out() -> None:
    one, two = made("one", "### 🟢 one: Fine\n"), made("two", "### 🟢 two: Fine\n")
    body = whole(one, two)
    assert read_parts(body.replace(end_line(two.marker), "")) == (one,)
    assert read_parts("anything") == ()


def test_the_gravest_stands_above_and_one_part_has_nothing_above_it() -> None:
    fine = made("one", "### 🟢 one: Fine\n\nSo.\n\n**Next step:** Nothing to do.\n")
    risky = made("two", "### 🟡 two: Risky\n\nSo.\n\n**Next step:** Read it.\n")
    heading, *_ = whole(fine, risky).splitlines()[1:]
    assert heading == "## 🟡 2 databases · two: Risky"
    assert "**Next step for two:** Read it." in whole(fine, risky)
    assert "## 🟢 2 databases, all well" in whole(fine, replace(fine))
    assert cut_marker(whole(fine).partition("\n")[2]) is not None


def test_a_part_that_somebody_rewrote_is_no_verdict() -> None:
    assert "| 🟡 | ? | see below |" in whole(made("one", "Lies.\n"), made("two", "### 🟢 b: c\n"))


def test_an_outline_is_a_title_a_sentence_and_the_next_step() -> None:
    text = "### 🟢 one: Fine\n\nSo.\n\n**Next step:** Merge.\n\n| Much | more |\n"
    assert outlined(made("one", text)).text == text.partition("\n\n| ")[0] + "\n"


def test_a_hostile_name_of_a_database_changes_no_structure() -> None:
    report = Report(Review(postgres="18"), run=RUN, database=HOSTILE)
    part = part_of(report, "key", budget=50_000)
    assert part.text.splitlines()[0].startswith("### ")
    assert read_parts(whole(part)) == (part,)
