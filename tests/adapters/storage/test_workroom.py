"""What is prepared in private is gone afterwards, however that ends."""

import hashlib
import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from bot.adapters.storage.workroom import PREFIX, Workroom
from bot.core.backups.stored import StoredBytes
from bot.errors import BackupError
from tests.shell import ROOT

HELD = """
import sys
from pathlib import Path
from bot.adapters.storage.workroom import Workroom
with Workroom(Path(sys.argv[1])).private() as place:
    (place / "rows").write_text("plain")
    print("ready", flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize("error", [BackupError("x", hint="y"), KeyboardInterrupt(), ValueError()])
def test_it_is_gone_however_it_ends(tmp_path: Path, error: BaseException) -> None:
    def use() -> None:
        with Workroom(tmp_path).private() as place:
            (place / "rows").write_text("plain")
            assert stat.S_IMODE(place.stat().st_mode) == 0o700
            raise error

    with pytest.raises(type(error)):
        use()
    assert list(tmp_path.iterdir()) == []


def test_what_the_disk_refuses_is_told(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="No space left") as caught, Workroom(tmp_path).private():
        raise OSError(28, "No space left on device")
    assert "Free some disk space" in caught.value.hint
    assert list(tmp_path.iterdir()) == []


def test_a_directory_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(BackupError, match="Backups cannot be prepared"),
        Workroom(tmp_path / "file").private(),
    ):
        pass


def test_what_a_killed_run_left_goes_and_what_a_running_one_has_stays(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HELD, str(tmp_path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        with Workroom(tmp_path).private():
            assert len(list(tmp_path.glob(f"{PREFIX}*"))) == 2
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert len(list(tmp_path.glob(f"{PREFIX}*"))) == 1
    with Workroom(tmp_path).private():
        assert len(list(tmp_path.glob(f"{PREFIX}*"))) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "kept").write_text("")
    (tmp_path / "room").mkdir()
    (tmp_path / "room" / f"{PREFIX}link").symlink_to(tmp_path / "elsewhere")
    with Workroom(tmp_path / "room").private():
        pass
    assert (tmp_path / "elsewhere" / "kept").exists()


def test_many_at_once_do_not_sweep_each_other(tmp_path: Path) -> None:
    lost: list[str] = []

    def work() -> None:
        for _ in range(20):
            with Workroom(tmp_path).private() as place:
                (place / "rows").write_text("plain")
                if not (place / "rows").exists():
                    lost.append(str(place))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert lost == []
    assert list(tmp_path.iterdir()) == []


def test_what_is_wrong_with_a_file_is_said(tmp_path: Path) -> None:
    path = tmp_path / "1.dat"
    path.write_bytes(b"rows")
    kept = StoredBytes("dump/1.dat", 4, hashlib.sha256(b"rows").hexdigest())
    room = Workroom(tmp_path)
    assert room.wrong_with(path, kept) == ""
    path.write_bytes(b"rowz")
    assert room.wrong_with(path, kept) == "dump/1.dat has changed"
    path.write_bytes(b"row")
    assert room.wrong_with(path, kept) == "dump/1.dat has 3 bytes and had 4"
    path.unlink()
    assert room.wrong_with(path, kept) == "dump/1.dat is missing"
    path.symlink_to("/etc/hostname")
    assert room.wrong_with(path, kept) == "dump/1.dat is missing"
