"""A block cut into its statements, and what each depends on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sql.blocks import Kind, Passage, Unreadable, passages_of


def statements(body: str) -> list[str]:
    return [each.sql for each in passages_of(body)]


def guards(passage: Passage) -> list[tuple[str, bool]]:
    return [(each.text or each.kind.value, each.wanted) for each in passage.guards]


def test_statements_are_cut_at_their_semicolons() -> None:
    body = """
    DECLARE n int := 0; -- a counter; at first
    BEGIN
      UPDATE a SET x = CASE WHEN y THEN ';' ELSE 'END;' END;
      n := n + 1;
      RAISE NOTICE 'done; really';
      DELETE FROM b WHERE "odd;name" = 1;
    END; """
    assert statements(body) == [
        "UPDATE a SET x = CASE WHEN y THEN ';' ELSE 'END;' END",
        'DELETE FROM b WHERE "odd;name" = 1',
    ]


def test_a_branch_knows_all_that_leads_to_it() -> None:
    body = "BEGIN IF a THEN x; ELSIF b THEN y; ELSE z; END IF; q; END"
    found = passages_of(body)
    assert [guards(each) for each in found] == [
        [("a", True)],
        [("a", False), ("b", True)],
        [("a", False), ("b", False)],
        [],
    ]


def test_one_decision_has_one_number() -> None:
    body = "BEGIN IF a THEN x; y; END IF; IF a THEN z; END IF; END"
    first, second, third = passages_of(body)
    assert first.guards == second.guards != third.guards


def test_a_condition_that_reads_comes_before_what_depends_on_it() -> None:
    body = "BEGIN IF EXISTS (SELECT 1 FROM t) THEN DELETE FROM u; END IF; END"
    assert statements(body) == ["SELECT EXISTS (SELECT 1 FROM t)", "DELETE FROM u"]
    case = "BEGIN IF CASE WHEN a THEN b END THEN x; END IF; END"
    assert [guards(each) for each in passages_of(case)] == [[("CASE WHEN a THEN b END", True)]]


def test_loops_and_handlers_leave_it_to_chance() -> None:
    body = """
    BEGIN
      FOR r IN SELECT id FROM t LOOP UPDATE t SET x = 1 WHERE id = r.id; END LOOP;
      WHILE n > 0 LOOP DELETE FROM u; END LOOP;
      CASE n WHEN 1 THEN x; ELSE y; END CASE;
      BEGIN z; EXCEPTION WHEN duplicate_object OR others THEN w; END;
    END"""
    found = {each.sql: guards(each) for each in passages_of(body)}
    assert found == {
        "SELECT id FROM t": [],
        "UPDATE t SET x = 1 WHERE id = r.id": [("chance", True)],
        "DELETE FROM u": [("chance", True)],
        "x": [("chance", True)],
        "y": [("chance", True)],
        "z": [("caught", True)],
        "w": [("chance", True)],
    }
    assert Kind("caught") is Kind.CAUGHT


def test_variables_that_take_a_result_are_left_out() -> None:
    body = """
    BEGIN
      SELECT a, b INTO STRICT r.a, n FROM t WHERE x;
      INSERT INTO t (a) VALUES (1) RETURNING id INTO n;
      WITH m AS (INSERT INTO t VALUES (1) RETURNING id) SELECT id INTO n FROM m;
      n := (SELECT max(a) FROM t);
      PERFORM touch(a) FROM t;
    END"""
    assert [" ".join(each.split()) for each in statements(body)] == [
        "SELECT a, b FROM t WHERE x",
        "INSERT INTO t (a) VALUES (1) RETURNING id",
        "WITH m AS (INSERT INTO t VALUES (1) RETURNING id) SELECT id FROM m",
        "SELECT (SELECT max(a) FROM t)",
        "SELECT touch(a) FROM t",
    ]


def test_what_is_put_together_while_it_runs_has_no_text() -> None:
    body = "BEGIN EXECUTE 'DROP TABLE ' || n; FOR r IN EXECUTE q LOOP NULL; END LOOP; COMMIT; END"
    found = passages_of(body)
    assert [(each.word, each.sql) for each in found] == [
        ("EXECUTE", ""),
        ("EXECUTE", ""),
        ("COMMIT", ""),
    ]


@pytest.mark.parametrize(
    "body", ["", "SELECT 1", "BEGIN", "BEGIN x", "BEGIN IF a THEN x; END;", "BEGIN << a; END"]
)
def test_a_frame_that_does_not_close_is_unreadable(body: str) -> None:
    with pytest.raises(Unreadable):
        passages_of(body)


_WORDS = st.sampled_from(
    ["BEGIN", "END", "IF", "THEN", "ELSE", "ELSIF", "LOOP", "FOR", "CASE", "WHEN", "EXCEPTION",
     "DECLARE", "INTO", "SELECT", "x", ";", ":=", ",", ".", "(", "<<", ">>", "'", '"', "--", "$$"]
)  # fmt: skip


@given(st.lists(_WORDS, max_size=40))
def test_any_text_is_cut_or_unreadable(words: list[str]) -> None:
    try:
        found = passages_of("BEGIN " + " ".join(words) + " END")
    except Unreadable:
        return
    assert all(isinstance(each, Passage) for each in found)
