"""Our Markdown in a real GitHub-flavoured renderer, which links more than CommonMark does.

The renderer is remark-gfm, installed by npm into a directory of its own; without npm, or where npm
cannot install, these tests are skipped and say so.
"""

import html
import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from bot.report import escape
from bot.report.comment.comment import render_comment
from tests.report.regenerate import KEY, every
from tests.report.samples import HOSTILE

pytestmark = pytest.mark.slow

Renderer = Callable[[Iterable[str]], list[str]]
HERE = Path(__file__).parent / "github"

TEXTS = [
    HOSTILE,
    "see https://evil.example/a_b?c=d&e and http://x.example.",
    "www.evil.example or WWW.EVIL.EXAMPLE",
    "write to someone@evil.example or mailto:someone@evil.example",
    "xmpp:someone@evil.example/x ftp://evil.example",
    "a note[^1] and [^1]: nothing",
    "~one~ ~~two~~ *three* _four_ __five__ `six`",
    "<b>bold</b> <!-- hidden --> <details> &lt; &#64;octocat",
    "# heading",
    "- [x] done",
    "1. one",
    "| a | b |",
    "trailing backslash \\",
    "line\n\n    code\n\n> quote\n---\n===",
]


@pytest.fixture(scope="module")
def render(tmp_path_factory: pytest.TempPathFactory) -> Renderer:
    if shutil.which("npm") is None or shutil.which("node") is None:
        pytest.skip("node and npm are not installed: nothing was rendered as GitHub would")
    folder = tmp_path_factory.mktemp("github")
    for name in ("package.json", "render.mjs"):
        shutil.copy(HERE / name, folder / name)
    install = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts"]
    made = subprocess.run(install, cwd=folder, capture_output=True, text=True)
    if made.returncode:
        pytest.skip(f"npm could not install the renderer: {made.stderr[-300:]}")
    return lambda documents: _rendered(folder, documents)


def _rendered(folder: Path, documents: Iterable[str]) -> list[str]:
    made = subprocess.run(
        ["node", "render.mjs"],
        cwd=folder,
        input=json.dumps(list(documents)),
        capture_output=True,
        text=True,
        check=True,
    )
    return list(json.loads(made.stdout))


def seen(rendered: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", rendered)).replace("\u200b", "").strip()


def test_running_text_is_shown_as_written_and_links_nothing(render: Renderer) -> None:
    for text, rendered in zip(TEXTS, render(map(escape.inline, TEXTS)), strict=True):
        assert set(re.findall(r"</?([a-z]\w*)", rendered)) <= {"p", "span"}
        assert seen(rendered) == escape.one_line(text)


def test_code_is_shown_as_written(render: Renderer) -> None:
    for text, rendered in zip(TEXTS, render(map(escape.code, TEXTS)), strict=True):
        assert set(re.findall(r"</?([a-z]\w*)", rendered)) <= {"p", "code", "span"}
        assert seen(rendered) == escape.one_line(text)


def test_a_cell_stays_a_cell(render: Renderer) -> None:
    for escaped in (escape.inline, escape.code, escape.prose):
        tables = [f"| a | b |\n|--|--|\n| x {escaped(text)} | end |" for text in TEXTS]
        for rendered in render(tables):
            assert rendered.count("<td>") == 2
            assert "<td>end</td>" in rendered
            assert "<a" not in rendered


def test_a_fence_holds(render: Renderer) -> None:
    for text, rendered in zip(TEXTS, render(map(escape.fence, TEXTS)), strict=True):
        assert set(re.findall(r"</?([a-z]\w*)", rendered)) == {"pre", "code"}
        assert seen(rendered) == escape.visible(text).strip()


def test_every_link_of_every_comment_is_one_of_ours(render: Renderer) -> None:
    bodies = {name: render_comment(report, KEY) for name, report in every().items()}
    for rendered in render(bodies.values()):
        assert "<script" not in rendered
        assert "<img" not in rendered
        for target in re.findall(r'href="([^"]*)"', rendered):
            assert target.startswith("https://github.com/")
            assert not set(target) & set(" <>()")
        assert rendered.count("<details") == rendered.count("</details>")
