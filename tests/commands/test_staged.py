"""`--staged`, as a hook calls it."""

import pytest

from bot.errors import ExitCode
from tests.commands.place import SCRIPT, Place, refused

RISKY = "CREATE INDEX a_n ON a (id);\n"
SAFE = "CREATE TABLE b (id int PRIMARY KEY);\n"


@pytest.mark.parametrize(
    ("staged", "written", "code"),
    [(RISKY, SAFE, ExitCode.FINDINGS), (SAFE, RISKY, ExitCode.FINE)],
    ids=["mended, not staged", "spoilt, not staged"],
)
def test_the_staged_text_is_judged(place: Place, staged: str, written: str, code: ExitCode) -> None:
    place.write(SCRIPT, staged)
    place.git("add", "--all")
    place.write(SCRIPT, written)

    done = place.bot("check", "--staged")

    assert (done.code, done.err) == (code, "")


@pytest.mark.parametrize("verb", ["check", "rehearse"])
def test_it_excludes_all(place: Place, verb: str) -> None:
    refused(place.bot(verb, "--staged", "--all"), ExitCode.USAGE, "--staged and --all exclude")
