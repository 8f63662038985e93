import pytest

from tests.harness.expressions import Scope, evaluate, holds, interpolate
from tests.harness.functions import status_functions
from tests.harness.values import HarnessError, Strict

GITHUB = {"event": {"number": 7, "labels": ["a", "B"]}, "ref": "refs/heads/main"}
CALM = status_functions(succeeded=True, failed=False)
TROUBLED = status_functions(succeeded=False, failed=True)
SCOPE = Scope({"github": GITHUB, "needs": Strict("needs", {"staging": {}})}, CALM)


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("'it''s'", "it's"),
        ("0x10", 16),
        ("-1.5", -1.5),
        ("true && 'yes' || 'no'", "yes"),
        ("false && 'yes' || 'no'", "no"),
        ("null || 'other'", "other"),
        ("'' || 0 || 'last'", "last"),
        ("!true || !false", True),
        ("(1 == 1) == true", True),
        ("'ABC' == 'abc'", True),
        ("'1' == 1", True),
        ("null == ''", True),
        ("null == 0", True),
        ("'x' == 0", False),
        ("'b' > 'A'", True),
        ("1 <= 1 && 2 > 1 && 1 < 2 && 2 >= 2", True),
        ("github.event.number == 7", True),
        ("github.EVENT['number']", 7),
        ("github.event.labels[1]", "B"),
        ("github.event.labels[9]", None),
        ("github.event.nowhere.at.all", None),
        ("contains(github.event.labels, 'b')", True),
        ("contains('refs/heads', 'HEADS')", True),
        ("startsWith(github.ref, 'refs/') && endsWith(github.ref, 'main')", True),
        ("format('{0} {{x}} {1}', 'a', 2)", "a {x} 2"),
        ("join(github.event.labels, '-')", "a-B"),
        ("fromJSON('{\"a\": [1]}').a[0]", 1),
        ("toJSON('a')", '"a"'),
    ],
)
def test_an_expression_has_githubs_value(source: str, value: object) -> None:
    assert evaluate(source, SCOPE) == value


@pytest.mark.parametrize(
    "source",
    [
        "",
        "1 +",
        "githb.ref",
        "True",
        "'open",
        "(1",
        "github.",
        "github.event.*",
        "hashFiles('x')",
        "needs.production.result",
        "fromJSON('{')",
        "format('{1}', 'a')",
        "1 1",
        "true || githb.ref",
    ],
)
def test_what_is_not_understood_is_refused(source: str) -> None:
    with pytest.raises(HarnessError):
        evaluate(source, SCOPE)


def test_a_text_is_filled_with_the_values_of_its_expressions() -> None:
    assert interpolate("pull ${{ github.event.number }}, ${{ null }}.", SCOPE) == "pull 7, ."


def test_a_boolean_of_yaml_is_written_as_github_writes_it() -> None:
    assert interpolate(False, SCOPE) == "false"


def test_an_expression_that_is_not_closed_is_refused() -> None:
    with pytest.raises(HarnessError, match="not closed"):
        interpolate("${{ github.ref", SCOPE)


def test_after_a_failure_a_condition_without_status_function_does_not_hold() -> None:
    troubled = Scope(SCOPE.contexts, TROUBLED)
    assert holds("github.event.number == 7", SCOPE)
    assert not holds("github.event.number == 7", troubled)
    assert not holds("'always()' == 'always()'", troubled)
    assert not holds(None, troubled)


def test_after_a_failure_a_condition_that_asks_for_it_holds() -> None:
    troubled = Scope(SCOPE.contexts, TROUBLED)
    assert holds("${{ failure() }}", troubled)
    assert holds("always() && github.event.number == 7", troubled)
    assert holds("!cancelled()", troubled)


def test_a_condition_that_is_half_text_is_refused() -> None:
    with pytest.raises(HarnessError, match="one expression"):
        holds("${{ github.ref }} == 'x'", SCOPE)
