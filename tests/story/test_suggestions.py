"""A suggestion stands once on the lines it replaces, and committing it makes the check pass."""

from collections.abc import Mapping

import pytest

from bot.demo.hub.records import LineComment
from tests.demo.hub.conftest import client_for
from tests.story.stage import INDEX, RISKY, SHOP, Stage, script

COMMENTED = f"-- CreateIndex\n{RISKY}"
LONG = 'CREATE INDEX "Order_total_idx"\n  ON "Order" ("total");\n'


def committed(text: str, suggestion: LineComment) -> str:
    """The file once somebody has pressed "Commit suggestion"."""
    assert suggestion.line is not None
    first = suggestion.start_line or suggestion.line
    lines = text.splitlines()
    _, _, block = suggestion.body.partition("```suggestion\n")
    lines[first - 1 : suggestion.line] = block[: block.index("\n```")].splitlines()
    return "\n".join(lines) + "\n"


def suggestions(stage: Stage) -> Mapping[int, LineComment]:
    return stage.pull(1).line_comments


def answer(stage: Stage, suggestion: LineComment, body: str) -> None:
    token = stage.hub.token("grace", permissions={"pull_requests": "write"})
    client = client_for(stage.hub, token, lazy=True)
    client.get_repo(SHOP).get_pull(1).create_review_comment_reply(suggestion.id, body)
    client.close()


@pytest.mark.parametrize("text", [COMMENTED, pytest.param(LONG, marks=pytest.mark.soak)])
@pytest.mark.slow
def test_an_index_alone_in_its_file_is_mended_by_a_commit(stage: Stage, text: str) -> None:
    opened = stage.propose({script(INDEX): text})
    assert stage.check(opened).status == 1
    (made,) = suggestions(stage).values()
    assert made.path == script(INDEX)
    assert 1 <= (made.start_line or made.line or 0) <= (made.line or 0) <= text.count("\n")
    assert "index-create-blocking" in made.body

    assert stage.check(opened).status == 1
    assert list(suggestions(stage)) == [made.id]

    mended = committed(text, made)
    assert mended == text.replace("INDEX", "INDEX CONCURRENTLY", 1)
    assert stage.check(stage.push({script(INDEX): mended})).status == 0
    (settled,) = suggestions(stage).values()
    assert (settled.id, settled.minimized) == (made.id, "resolved")


@pytest.mark.slow
def test_an_index_with_company_needs_folders_and_is_not_suggested(stage: Stage) -> None:
    text = f'{RISKY}ALTER TABLE "Order" ADD COLUMN "country" TEXT;\n'
    assert stage.check(stage.propose({script(INDEX): text})).status == 1
    assert not suggestions(stage)


@pytest.mark.slow
def test_a_suggestion_that_somebody_answered_to_is_left_to_them(stage: Stage) -> None:
    stage.check(stage.propose({script(INDEX): COMMENTED}))
    (made,) = suggestions(stage).values()
    answer(stage, made, "Why?")
    job = stage.check(stage.push({script(INDEX): committed(COMMENTED, made)}))
    assert job.status == 0
    assert [each.minimized for each in suggestions(stage).values()] == [None, None]
    assert "not settled" not in job.log
