"""Encryption to public keys, and decryption with private ones; no key in any message."""

import os
import signal
import subprocess
import threading
from pathlib import Path

import pytest

from bot.adapters.age.keys import IDENTITY_FILE_VARIABLE, IDENTITY_VARIABLE, keys_in, library
from bot.adapters.age.opening import Opener
from bot.adapters.age.sealing import Sealer
from bot.errors import BackupError, BrokenBackup, UsageError
from tests.backups.means import Pair

TEXT = b"a row and another row\n" * 20_000


def nowhere(path: str) -> str | None:
    return None


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "1.dat"
    path.write_bytes(TEXT)
    return path


def sealed(file: Path, *keys: str) -> Path:
    path = file.with_name("1.dat.age")
    Sealer(keys, nowhere).seal(file, path)
    return path


def test_what_is_sealed_opens_with_the_private_key_alone(file: Path, tmp_path: Path) -> None:
    pair, other = Pair(), Pair()
    size, sha256 = Sealer((pair.public, other.public), nowhere).seal(file, tmp_path / "s")
    assert (size, len(sha256)) == ((tmp_path / "s").stat().st_size, 64)
    assert TEXT[:22] not in (tmp_path / "s").read_bytes()
    for number, each in enumerate((pair, other)):
        Opener(each.environ).open(tmp_path / "s", tmp_path / f"{number}")
        assert (tmp_path / f"{number}").read_bytes() == TEXT
    with pytest.raises(BackupError, match="not encrypted to the key"):
        Opener(Pair().environ).open(tmp_path / "s", tmp_path / "no")
    assert not (tmp_path / "no").exists()


@pytest.fixture(scope="module", params=["ed25519", "rsa"])
def ssh(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ssh") / "key"
    command = ["ssh-keygen", "-q", "-t", request.param, "-N", "", "-C", "ada@host", "-f", str(path)]
    subprocess.run(command, check=True)
    return path


def test_keys_of_ssh_do_as_well(ssh: Path, file: Path, tmp_path: Path) -> None:
    public = ssh.with_suffix(".pub").read_text().strip()
    path = sealed(file, public)
    Opener({IDENTITY_VARIABLE: ssh.read_text()}).open(path, tmp_path / "by text")
    Opener({IDENTITY_VARIABLE: ssh.read_text().replace("\n", "\\n")}).open(path, tmp_path / "line")
    Opener({IDENTITY_FILE_VARIABLE: str(ssh)}).open(path, tmp_path / "by file")
    assert (tmp_path / "by text").read_bytes() == (tmp_path / "line").read_bytes() == TEXT
    assert "ada@host" not in " ".join(Sealer((public,), nowhere).recipients)


def test_a_file_of_public_keys_may_be_named() -> None:
    pair, other = Pair(), Pair()
    files = {"keys.txt": f"# ours\n{pair.public}\n\n{other.public}\n"}
    assert keys_in(("keys.txt", pair.public), files.get) == (pair.public, other.public)


@pytest.mark.parametrize(
    ("named", "says"),
    [
        ("missing.txt", "neither a public key nor a file of them"),
        ("empty.txt", "has no public key in it"),
        ("age1qqqq", r"Key 1 of `encrypt_to` cannot be read \(age1qqqq…\)"),
        ("ssh-ed25519 AAAA", "Key 1 of `encrypt_to` cannot be read"),
        ("words.txt", "begins with neither age1 nor ssh-"),
        ("private.txt", "has a private key as its key 1"),
    ],
)
def test_a_key_that_cannot_be_used_is_told_and_not_shown(named: str, says: str) -> None:
    private = str(Pair().identity)
    files = {"empty.txt": "# none\n", "words.txt": "hunter2\n", "private.txt": private}
    with pytest.raises(UsageError, match=says) as caught:
        Sealer((named,), files.get)
    shown = f"{caught.value.message} {caught.value.hint}"
    assert private not in shown
    assert "hunter2" not in shown


@pytest.mark.parametrize("text", ["nonsense", "age1qqqq", "AGE-SECRET-KEY-1QQQQ"])
def test_a_private_key_that_is_none_is_told_and_not_shown(text: str) -> None:
    with pytest.raises(UsageError, match="no private key of age or SSH") as caught:
        Opener({IDENTITY_VARIABLE: text}).require_ready()
    assert text not in caught.value.message + caught.value.hint.replace("AGE-SECRET-KEY-1", "")


def test_a_file_of_keys_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="names a file that cannot be read: No such file"):
        Opener({IDENTITY_FILE_VARIABLE: str(tmp_path / "no")}).require_ready()


def test_what_is_wrong_with_a_key_is_told_of_the_variable_that_it_comes_from(
    file: Path, tmp_path: Path
) -> None:
    keys = tmp_path / "keys.txt"
    keys.write_text("nonsense")
    opener = Opener({IDENTITY_FILE_VARIABLE: str(keys)})
    with pytest.raises(UsageError, match=IDENTITY_FILE_VARIABLE):
        opener.require_ready()
    keys.write_text(str(Pair().identity))
    with pytest.raises(BackupError, match=IDENTITY_FILE_VARIABLE):
        opener.open(sealed(file, Pair().public), tmp_path / "back")


def test_a_file_of_age_keygen_is_read_with_its_comments(file: Path, tmp_path: Path) -> None:
    pair = Pair()
    keys = tmp_path / "keys.txt"
    keys.write_text(f"# created: today\n# public key: {pair.public}\n{pair.identity}\n")
    Opener({IDENTITY_FILE_VARIABLE: str(keys)}).open(sealed(file, pair.public), tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == TEXT


@pytest.mark.parametrize("length", [0, 50, 1000, 200_000])
def test_what_was_cut_off_is_broken(file: Path, tmp_path: Path, length: int) -> None:
    pair = Pair()
    path = sealed(file, pair.public)
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(BrokenBackup, match="is not what was encrypted"):
        Opener(pair.environ).open(path, tmp_path / "back")
    assert not (tmp_path / "back").exists()


def test_a_disk_that_is_full_is_no_broken_backup(file: Path) -> None:
    pair = Pair()
    path = sealed(file, pair.public)
    with path.open("rb") as opened, Path("/dev/full").open("wb", buffering=0) as full:
        with pytest.raises(OSError, match="No space left") as caught:
            library().decrypt_io(opened, full, [pair.identity])
        assert caught.value.errno is not None


def test_nothing_is_overwritten(file: Path) -> None:
    path = sealed(file, Pair().public)
    with pytest.raises(FileExistsError):
        Sealer((Pair().public,), nowhere).seal(file, path)


def test_a_signal_ends_it_as_a_signal(tmp_path: Path) -> None:
    pipe = tmp_path / "rows"
    os.mkfifo(pipe)
    over = threading.Event()

    def write() -> None:
        with pipe.open("wb") as opened:
            opened.write(TEXT[:100_000])
            opened.flush()
            os.kill(os.getpid(), signal.SIGINT)
            over.wait(10)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            Sealer((Pair().public,), nowhere).seal(pipe, tmp_path / "sealed")
    finally:
        over.set()
        writer.join()
