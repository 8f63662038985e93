from pathlib import Path

import pytest

from bot.adapters.rollout_log import RolloutLogFile
from bot.errors import UsageError


def test_a_line_is_there_as_soon_as_it_is_written_and_what_was_there_stays(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text('{"before":1}\n')
    log = RolloutLogFile(None, lambda text: text.upper()).at(str(path))

    log.open()
    log.write({"target": "staging", "n": 1})

    assert log.wanted
    assert path.read_text() == '{"before":1}\n{"target":"STAGING","n":1}\n'


def test_nobody_who_asks_for_no_log_has_one(tmp_path: Path) -> None:
    log = RolloutLogFile(None, str)

    log.open()
    log.write({"n": 1})

    assert not log.wanted
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("path", ["no/such/folder/log", "", "a\0b"])
def test_a_log_that_cannot_be_opened_is_a_mistake_of_the_call(tmp_path: Path, path: str) -> None:
    with pytest.raises(UsageError, match="cannot be written to"):
        RolloutLogFile(str(tmp_path / path) if "\0" not in path else path, str).open()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a full disk to write on")
def test_a_disk_that_is_full_harms_nobody() -> None:
    log = RolloutLogFile("/dev/full", str)

    log.open()
    log.write({"n": 1})
