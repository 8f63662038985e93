"""No traffic of the bot's with a hub goes unread, in whichever test it is."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.demo.screen import Screen
from bot.demo.stage import stage_for
from bot.demo.story import play
from tests.openapi.validator import OpenApiValidator

ROOT = Path(__file__).parents[2]
READ = "validator.check"
# Hubs without a reader, each with the reason why that hides nothing.
UNREAD = {
    "tests/openapi/test_validator.py": "what the reader itself would say is asked one by one",
    "tests/openapi/test_everywhere.py": "only written down here",
    "tests/demo/hub/test_faults.py": "the hub's own faults: the bot is not there",
    "tests/demo/hub/test_people.py": "deeds of people, who make no calls",
    "tests/faults/test_github.py": "its `tell` hands each call to the reader first",
    "bot/demo/stage.py": "whoever asks for the stage says who reads: the test below",
}
WRONG = """
import pytest
import requests

from tests.conftest import hub, validator
from tests.hub import SHOP

BODIES = {
    "/repos/acme/shop/issues/1/comments": {"text": "a field that GitHub does not have"},
    "/repos/acme/shop/commentary": {},
    "/graphql": {"query": '{ repository(owner: "acme", name: "shop") { colour } }'},
}


@pytest.mark.parametrize("path", BODIES)
def test_wrong(hub, path):
    token = hub.token(permissions={"issues": "write"})
    headers = {"authorization": f"token {token}"}
    requests.post(f"{hub.api_url}{path}", json=BODIES[path], headers=headers, timeout=5)
"""


def hubs(path: Path) -> Iterator[ast.Call]:
    text = path.read_text("utf-8")
    for node in ast.walk(ast.parse(text)) if "Hub(" in text else ():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Hub":
            yield node


def unread(path: Path) -> bool:
    """Whether a hub is made there whose calls nobody reads."""
    readers = [
        next((ast.unparse(each.value) for each in hub.keywords if each.arg == "on_call"), "")
        for hub in hubs(path)
    ]
    return any(reader != READ for reader in readers)


def test_every_hub_that_the_bot_speaks_to_has_a_reader() -> None:
    places = [path for folder in ("bot", "tests") for path in (ROOT / folder).rglob("*.py")]
    found = {path.relative_to(ROOT).as_posix() for path in places if unread(path)}
    assert found <= UNREAD.keys()
    assert len([path for path in places if any(hubs(path))]) > 5


def test_a_hub_without_a_reader_would_be_found(tmp_path: Path) -> None:
    for number, (reader, found) in enumerate({"": True, f", on_call={READ}": False}.items()):
        path = tmp_path / f"{number}.py"
        path.write_text(f"with Hub(folder{reader}) as hub:\n    pass\n", "utf-8")
        assert unread(path) is found


@pytest.mark.soak
@pytest.mark.slow
def test_the_demo_says_nothing_that_github_would_not_know() -> None:
    validator = OpenApiValidator()
    with stage_for(Screen(colour=False), on_call=validator.check) as stage:
        play(stage, Screen(colour=False))
    assert validator.checked > 50
    validator.require_clean()


@pytest.mark.slow
def test_a_wrong_request_fails_the_test_that_made_it(tmp_path: Path) -> None:
    (tmp_path / "test_wrong.py").write_text(WRONG, "utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--rootdir", str(tmp_path)]
    done = subprocess.run(
        [*command, tmp_path], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "3 passed, 3 errors" in done.stdout
    assert done.stdout.count("GitHub would not know this traffic") >= 3
    for said in "text in the body is not documented", "no such operation", "colour":
        assert said in done.stdout
