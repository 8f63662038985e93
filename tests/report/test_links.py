from dataclasses import replace

from bot.report.links import DOCS_URL, rule_url
from tests.report.samples import RUN


def test_a_rule_is_explained_by_the_bot_that_ran() -> None:
    docs = "https://github.com/acme/migration-bot/blob/0123abc/docs"
    run = replace(RUN, docs_url=docs)
    assert rule_url(run, "column-dropped") == f"{docs}/rules/column-dropped.md"


def test_without_a_word_on_where_the_bot_is_from_the_project_explains_a_rule() -> None:
    expected = f"{DOCS_URL}/rules/column-dropped.md"
    assert rule_url(RUN, "column-dropped") == rule_url(None, "column-dropped") == expected


def test_a_rule_name_stays_one_part_of_the_address() -> None:
    assert rule_url(None, "a/b?c").endswith("/rules/a%2Fb%3Fc.md")
