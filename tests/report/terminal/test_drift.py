import re
from dataclasses import replace

from bot.core.schemas.schema import Scalar
from bot.report.formats.drift_as_json import drift_json
from bot.report.terminal.drift import drift_text
from tests.core.drift.snapshots import found, made
from tests.report.drift.samples import CLEAN, RUNNING, UNREAD, UNSET, drifted
from tests.report.formats.test_as_json import validated


def test_each_difference_stands_below_its_table_with_what_it_is_about() -> None:
    text = drift_text([drifted()], width=100)

    assert text.startswith("The schema of production is not what its applied migrations make.")
    assert "\n  public.a\n    has besides: index public.a.by_hand (structure)\n" in text
    assert "    has otherwise: column public.a.id: type: integer → bigint (structure)\n" in text
    assert text.index("(structure)") < text.index("(comments)")
    assert "2 of 5 stop a rollout where `drift` is `refuse`." in text
    assert "To make the target as its migrations say:" in text
    assert "    DROP INDEX by_hand;" in text
    assert "  loses: the rows of by_hand" in text
    assert "  not drafted: index by_hand" in text


def test_several_targets_have_a_row_each() -> None:
    text = drift_text([CLEAN, drifted(), RUNNING, UNREAD, UNSET], width=100)
    rows = text.split("\n\n")[0]

    assert "as its migrations make it" in rows
    assert "5 differences" in rows
    assert "a rollout is running" in rows
    assert "not configured" in rows
    assert "hint: Start it." in text
    assert "DATABASE_URL" not in text
    assert drift_text([]) == "No target is configured.\n"


def test_json_has_what_was_expected_and_what_is_there() -> None:
    [target] = validated("drift", drift_json([drifted()]))["targets"]
    validated("drift", drift_json([CLEAN, RUNNING, UNREAD, UNSET]))

    [column] = [each for each in target["differences"] if each["kind"] == "column"]
    assert (column["change"], column["table"], column["stops"]) == ("changed", "public.a", True)
    assert (column["expected"]["type"], column["actual"]["type"]) == ("integer", "bigint")
    assert target["mend"]["proved"] is True
    assert target["record"] == {
        "sql": "CREATE INDEX i ON a (id);\n",
        "statements": [{"sql": "CREATE INDEX i ON a (id)", "loses": ""}],
        "left": ["index by_hand"],
        "proved": False,
        "problem": "PostgreSQL refused it: no",
        "moved": [],
    }


def test_a_name_with_a_line_end_begins_no_line_of_its_own() -> None:
    hostile = made({'table public."a\nproduction is clean.\n::error::b"': {}})
    look = replace(drifted(), deviations=found(made(), hostile))

    text = drift_text([look], width=100)

    assert '  public."a production is clean. ::error::b"\n' in text
    assert not re.search(r"^\s*(production is|::)", text, re.MULTILINE)


def test_an_order_of_columns_is_told_with_why_nothing_mends_it() -> None:
    two: dict[str, dict[str, Scalar]] = {"column public.a.b": {"position": 2}}
    there = made({"column public.a.id": {"position": 3, "type": "integer"}, **two})
    look = replace(drifted(), deviations=found(made(two), there))

    assert "`drift: {tuning: off}`" in drift_text([look], width=200)
    assert "tuning: off" not in drift_text([drifted()], width=200)


def test_a_script_that_leaves_the_order_of_columns_is_proved_but_for_that() -> None:
    look = drifted()
    assert look.mend is not None
    look = replace(look, mend=replace(look.mend, moved=("public.a",)))

    text = " ".join(drift_text([look], width=100).split())
    read = validated("drift", drift_json([look]))

    said = "left no difference but for the order of the columns of public.a."
    assert f"Proved: it was run on a copy, and {said}" in text
    mend = read["targets"][0]["mend"]
    assert (mend["proved"], mend["moved"]) == (True, ["public.a"])
