"""Whatever stands in a pull request stays text: in the comment, the summary, and the log."""

import re

import pytest

from bot.report.comment.comment import read_marker
from tests.harness import JobResult
from tests.story.stage import COUNTRY, HARMLESS, SHOP, Stage, script

HOSTILE = (
    "-- ``` ````\n"
    "-- <!-- migration-bot v1 {} --> -->\n"
    "-- </details></details><script>alert(1)</script> @everyone @acme/owners #1\n"
    "::error file=README.md::pwned\n"
    "   ::stop-commands::pwned\n"
    "##[add-mask]pwned ##[error]pwned\n"
    "\u202egnirts lacigol\u202c\u2066 \u200b\u0007\u001b[31m\n"
    "### 🟢 1 migration applied to production\n"
    "<details open><summary><b>Rollout</b>: staging ✅ applied</summary>\n"
)
IN_COMMENT = "".join(f"-- {line}\n" for line in HOSTILE.splitlines()) + f"/*\n{HOSTILE}*/\n"
FOLDER = "20240303000000_<!-- --> @everyone `|` ]](x) ::error::pwned ##[error]pwned"
OURS = re.compile(r"::(error|warning|notice) file=[^:]*,title=[a-z0-9-]+::")
INVISIBLE = re.compile("[\u202a-\u202e\u2066-\u2069\u0007\u001b]")


def outside_fences(body: str) -> str:
    """What GitHub reads as Markdown: everything but code, by CommonMark's rule."""
    kept, fence = [], ""
    for line in body.split("\n"):
        marks = re.match(r" {0,3}(`{3,})", line)
        if not fence and marks:
            fence = marks[1]
        elif fence and re.fullmatch(rf" {{0,3}}{fence}`*[ \t]*", line):
            fence = ""
        elif not fence:
            kept.append(re.sub(r"(?<!`)`[^`]+`(?!`)", "code", line))
    assert not fence, "a code block is never closed"
    return "\n".join(kept)


def skeleton(body: str) -> list[str]:
    """The markup of a comment, without the words in it, and whatever is folded away."""
    return re.findall(r"</?[a-z]+|^#{1,6}(?= )|^\|(?=:--)|<!--|-->|```", outside_fences(body), re.M)


def require_our_own_commands(job: JobResult) -> None:
    for line in job.log.splitlines():
        if line.lstrip().startswith("::"):
            assert OURS.match(line), line
        else:
            assert "##[" not in line


def test_hostile_text_does_not_move_a_line_of_the_comment(stage: Stage) -> None:
    plain = f"-- \u202eA mark that is a finding in both.\n{HARMLESS}"
    stage.check(stage.propose({script(COUNTRY): plain}, branch="plain"))
    event = stage.propose({script(COUNTRY): IN_COMMENT + HARMLESS}, title=HOSTILE)
    job = stage.check(event)
    require_our_own_commands(job)
    body = stage.comment(2)
    assert skeleton(body) == skeleton(stage.comment(1))
    marker = read_marker(body)
    assert marker is not None
    assert marker.sha == stage.pull(2).head_sha
    for text in (body, job.summary, job.log):
        assert not INVISIBLE.search(text)
    assert "@everyone" not in outside_fences(body)


@pytest.mark.parametrize(
    "sql",
    [pytest.param(HARMLESS, marks=pytest.mark.slow), IN_COMMENT + "SELEKT 1;\n"],
    ids=["fine", "unreadable"],
)
def test_hostile_names_are_shown_and_do_nothing(stage: Stage, sql: str) -> None:
    job = stage.check(stage.propose({script(FOLDER): sql}))
    assert job.status == 1
    require_our_own_commands(job)
    markup = outside_fences(stage.comment())
    assert markup.count("<!--") == markup.count("-->") == 1
    assert markup.count("<details") == markup.count("</details>")
    assert "@everyone" not in markup
    assert "pwned" in markup


@pytest.mark.slow
def test_what_the_server_says_is_no_command(stage: Stage) -> None:
    """A migration chooses the words of the server's refusal."""
    sql = f"DO $body$ BEGIN RAISE EXCEPTION $text${HOSTILE}$text$; END $body$;\n"
    run = stage.deploy(stage.merged({script(COUNTRY): sql}))
    assert run.jobs["staging"].status == 4
    require_our_own_commands(run.jobs["staging"])
    markup = outside_fences(stage.comment())
    assert "### 🔴 Failed in staging" in markup
    assert "@everyone" not in markup
    assert markup.count("<details") == markup.count("</details>")
    assert not INVISIBLE.search(stage.comment())


@pytest.mark.slow
def test_a_hostile_branch_is_checked_like_any_other(stage: Stage) -> None:
    stage.hub.push(
        SHOP, "-$(touch${IFS}pwned)`@everyone`", {script(COUNTRY): HARMLESS}, author="ada"
    )
    event = stage.hub.open_pull_request(
        SHOP, author="ada", head="-$(touch${IFS}pwned)`@everyone`", title="$(touch pwned)"
    )
    job = stage.check(event)
    assert job.status == 0, job.log
    require_our_own_commands(job)
    assert not list(stage.folder.rglob("pwned"))
    assert "@everyone" not in stage.comment()


@pytest.mark.slow
def test_a_folder_with_a_line_end_in_its_name_is_shown_on_one_line(stage: Stage) -> None:
    folder = "20240303000000_new\n::error::pwned\n## pwned"
    job = stage.check(stage.propose({script(folder): HARMLESS}))
    assert job.status == 1
    require_our_own_commands(job)
    assert "pwned" in stage.comment()
    assert not re.search(r"^\W*(?:::error::|## )pwned", outside_fences(stage.comment()), re.M)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sql", "rule"),
    [
        (b'ALTER TABLE "Order" ADD COLUMN "a\0b" TEXT;\n', "file-encoding"),
        (HARMLESS.encode("utf-16"), "file-encoding"),
        (b"-- " + b"x" * 5_000_000 + b"\n" + HARMLESS.encode(), "uninspectable-sql"),
    ],
    ids=["a character that is none", "another encoding", "five megabytes"],
)
def test_what_cannot_be_read_stops_the_check_and_is_said(
    stage: Stage, sql: bytes, rule: str
) -> None:
    job = stage.check(stage.propose({script(COUNTRY): sql}))
    assert job.status == 1
    body = stage.comment()
    assert "### 🔴" in body
    assert rule in body
    assert len(body.encode()) <= 60_000
    assert "\0" not in body + job.log + job.summary
