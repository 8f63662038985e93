"""Whatever the SQL, judging it ends, and says the same of the same however it is laid out."""

import gc
import resource
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.findings.finding import Finding
from bot.core.findings.rule import Rule, name_of
from bot.sql.lexer import Part, pieces
from tests.judge.examples import OF_SQL, SWITCHED_ON, Example, examples, examples_of
from tests.judging import review

Place = tuple[str, str, int, int, int]
STATM = Path("/proc/self/statm")
BEFORE = ('CREATE TABLE "User" ("id" TEXT PRIMARY KEY, "name" TEXT); CREATE TABLE t (a INT);',)


def places(findings: Sequence[Finding], *, below: int = 0) -> Counter[Place]:
    """What is said where; what is about the file as a whole stands at its first character."""
    return Counter(
        (each.rule, each.message, *_moved(each, below), each.column) for each in findings
    )


def _moved(finding: Finding, below: int) -> tuple[int, int]:
    more = 0 if finding.statement is None and _of_the_file(finding) else below
    return finding.line + more, finding.end_line + more


def _of_the_file(finding: Finding) -> bool:
    return (finding.line, finding.column) == (1, 1)


def spaced(sql: str) -> str:
    """The same with Windows' line ends, and blanks before each of them."""
    return sql.replace("\n", "  \r\n")


def assert_stable(example: Example) -> None:
    """Whatever somebody's editor does to a file, the findings stay, and stay beside their code."""
    text = f"\n{example.sql.strip()}\n"
    if not text.strip():
        return
    found = example.findings(text)
    lead = "-- somebody's remark\n\n\n/* and\n another */\n"
    assert places(example.findings(lead + text)) == places(found, below=lead.count("\n"))
    assert places(example.findings(f"{text}\n\n-- the end\n")) == places(found)
    if not any(part is Part.LITERAL and "\n" in text[a:b] for part, a, b in pieces(text)):
        assert places(example.findings(spaced(text))) == places(found)


@pytest.mark.parametrize("rule", OF_SQL, ids=name_of)
def test_findings_of_the_bad_example_do_not_depend_on_its_layout(rule: Rule) -> None:
    assert_stable(examples_of(rule)[0])


@pytest.mark.slow
@pytest.mark.parametrize("rule", OF_SQL, ids=name_of)
def test_findings_of_every_example_do_not_depend_on_its_layout(rule: Rule) -> None:
    for example in examples_of(rule)[1:]:
        assert_stable(example)


def words(sql: str) -> list[str]:
    return [sql[each.start : each.end] for each in pieces(sql) if each.part is not Part.SPACE]


NAMES = st.text(min_size=1, max_size=80).map(lambda name: '"' + name.replace('"', '""') + '"')
ODD = st.sampled_from(["\0", "\ufeff", "\u202e", "$$", "'", '"', "/*", "*/", "--", "(", ")", ";"])


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """An example with words dropped, doubled, swapped, or taken from another one."""
    found = words(draw(st.sampled_from(examples())).sql)
    for _ in range(draw(st.integers(1, 4)) if found else 0):
        place = draw(st.integers(0, len(found) - 1))
        other = words(draw(st.sampled_from(examples())).sql) or [";"]
        change = draw(st.integers(0, 5))
        if change == 0 and len(found) > 1:
            del found[place]
        elif change == 1:
            found.insert(place, found[place])
        elif change == 2:
            last = draw(st.integers(0, len(found) - 1))
            found[place], found[last] = found[last], found[place]
        elif change == 3:
            found[place] = draw(NAMES | ODD)
        else:
            found.insert(place, other[draw(st.integers(0, len(other) - 1))])
    return " ".join(found)


@st.composite
def cut(draw: st.DrawFn) -> str:
    """An example with a stretch cut out anywhere, and something odd in its place."""
    text = draw(st.sampled_from(examples())).sql
    start = draw(st.integers(0, len(text)))
    end = draw(st.integers(start, min(len(text), start + 20)))
    return text[:start] + draw(ODD | st.sampled_from(["", " CASCADE ", "é"])) + text[end:]


TOGETHER = st.lists(st.sampled_from(examples()).map(lambda each: each.sql), min_size=2, max_size=4)
SEVERAL = TOGETHER | st.lists(mutated(), max_size=2)
SCRIPTS = mutated() | cut() | SEVERAL.map(";\n".join)


def judge(sql: str) -> list[Finding]:
    """All findings; each is at a place that the file has."""
    findings = list(review(sql, before=BEFORE, severities=SWITCHED_ON).all_findings)
    lines = sql.count("\n") + 1
    for each in findings:
        assert 1 <= each.line <= each.end_line <= lines
        assert each.message
    return findings


@settings(max_examples=80)
@given(SCRIPTS)
def test_mutated_sql_is_judged(sql: str) -> None:
    assert judge(sql) == judge(sql)


@settings(max_examples=50)
@given(st.text() | st.binary().map(lambda data: data.decode("utf-8", "replace")))
def test_any_text_is_judged(text: str) -> None:
    judge(text)


@pytest.mark.slow
@pytest.mark.soak
@settings(max_examples=4_000)
@given(SCRIPTS)
def test_much_mutated_sql_is_judged(sql: str) -> None:
    judge(sql)


def _megabytes() -> float:
    """What this process has in memory now."""
    pages = int(STATM.read_text().split()[1])
    return pages * resource.getpagesize() / 1024 / 1024


def _judge_often(times: int) -> float:
    """The memory that is left in use after judging much SQL so many times."""
    script = ";\n".join(each.sql for each in examples()[::120])
    deep = f"SELECT {'1+' * 4_000}1; SELECT {'f(' * 700}1{')' * 700}"
    for _ in range(times):
        for sql in (script, deep, "SELECT (", "SELECT '\0"):
            judge(sql)
    gc.collect()
    return _megabytes()


@pytest.mark.skipif(not STATM.exists(), reason="only Linux says how much memory is in use now")
def test_judging_again_and_again_takes_no_more_memory() -> None:
    """What is remembered on purpose is remembered after a few times; then nothing is added."""
    warm = _judge_often(6)
    assert _judge_often(4) < warm + 8
