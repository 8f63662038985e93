"""Gates as a table: what is closed comes first, and who has to agree is named."""

from dataclasses import replace

from bot.core.gates.gate import Gate
from bot.report.comment.gate_rows import gate_table
from bot.report.template import render

FIRST = Gate("staging first", open=True, reason="`staging` has it")
APPROVAL = Gate(
    "approval",
    open=False,
    reason="1 of 2",
    hint="Ask one of @acme/dba.",
    waits_for=("@acme/dba",),
    given_by=("maria",),
)


def drawn(*gates: Gate, said: str = "") -> str:
    return render("gates.md.j2", table=gate_table(gates, said))


def test_a_closed_gate_comes_before_an_open_one() -> None:
    assert [each.name for each in gate_table([FIRST, APPROVAL]).rows] == [
        "approval",
        "staging first",
    ]


def test_who_must_agree_and_who_has_stand_side_by_side() -> None:
    assert "| @&#8203;acme/dba | `maria` |\n" in drawn(APPROVAL)
    assert "| Who must agree | Who has |" in drawn(APPROVAL, FIRST)


def test_where_nobody_is_asked_there_is_no_column_of_people() -> None:
    shut = replace(FIRST, open=False)
    assert drawn(shut).splitlines()[0] == "| Gate | Why |"


def test_where_all_is_open_and_nobody_is_asked_a_line_each_is_enough() -> None:
    assert drawn(FIRST).strip() == "- ✅ staging first, open: `staging` has it"


def test_that_nobody_has_agreed_is_said() -> None:
    alone = Gate("approval", open=False, reason="0 of 1", waits_for=("a code owner",))
    assert drawn(alone).rstrip().endswith("| a code owner | nobody yet |")


def test_an_overridden_gate_says_by_whom_and_that_it_would_be_closed() -> None:
    freeze = Gate("freeze", open=True, reason="closed until Monday", overridden="by `grace`")
    assert "🔓&nbsp;freeze<br>overridden | closed until Monday<br>**Overridden:** by `grace` |" in (
        drawn(freeze)
    )


def test_what_the_next_step_says_is_not_said_again() -> None:
    assert "What to do" in drawn(APPROVAL)
    assert "What to do" not in drawn(APPROVAL, said=APPROVAL.hint)


def test_many_people_and_many_gates_are_counted() -> None:
    crowd = Gate("approval", False, "no", waits_for=tuple(f"person {n}" for n in range(9)))
    text = drawn(*[crowd] * 23)
    assert text.count("person 4<br>and 4 more") == 20
    assert "…and 3 more gates" in text
