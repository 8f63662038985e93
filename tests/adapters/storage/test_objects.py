"""A bucket keeps what it is given, and overwrites nothing, whatever goes wrong on the way."""

from pathlib import Path

import pytest

from bot.adapters.storage.objects import BucketStore, Patience
from bot.adapters.storage.trouble import explained
from bot.core.backups.location import location_of
from bot.core.backups.stored import MOST_BYTES, StoredBytes
from bot.errors import BackupError, BrokenBackup
from tests.adapters.storage.bucket import BUCKET, SECRET, Answer, Fault, Proxy, Request
from tests.adapters.storage.conftest import QUICK

DATA = bytes(range(256)) * 16  # five parts


def kept(parts: int) -> tuple[str, ...]:
    return StoredBytes("b-1/dump/1.dat", 0, "", parts).keys


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "1.dat"
    path.write_bytes(DATA)
    return path


def failing(method: str, number: int, answer: Answer) -> Fault:
    """The answer to that request, and the server's to all others."""
    return lambda asked: answer if (asked.method, asked.number) == (method, number) else None


def always(answer: Answer, *, containing: str = "") -> Fault:
    return lambda asked: answer if containing in asked.path else None


def test_a_file_is_kept_in_parts_and_comes_back_whole(
    store: BucketStore, file: Path, tmp_path: Path
) -> None:
    assert store.put("b-1/dump/1.dat", file, "") == 5
    assert [(each.key, each.size) for each in store.objects("b-1")] == [
        *((key, 1000) for key in kept(5)[:4]),
        (kept(5)[4], 96),
    ]
    store.fetch(kept(5), tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == DATA


def test_an_empty_file_is_kept_too(store: BucketStore, tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    assert store.put("b-1/empty", tmp_path / "empty", "") == 1
    store.fetch(["b-1/empty"], tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == b""


@pytest.mark.slow
def test_what_is_too_large_for_a_manifest_is_not_read(store: BucketStore) -> None:
    store.write("b-1/manifest.json", " " * (MOST_BYTES + 1))
    with pytest.raises(BrokenBackup, match=r"manifest\.json in .* is larger than 64"):
        store.read("b-1/manifest.json")


def test_what_stands_there_is_listed_by_folder(store: BucketStore, file: Path) -> None:
    store.require_ready()
    store.put("b-1/dump/1.dat", file, "")
    store.write("b-2/manifest.json", "{}")
    store.write("b-1.proof.json", "{}")
    found = store.shelf()
    assert (found.folders, found.files) == (("b-1", "b-2"), ("b-1.proof.json",))
    assert store.read("b-2/manifest.json") == "{}"
    assert store.read("b-3/manifest.json") is None
    store.remove([*kept(5), "never/there"])
    assert store.shelf().folders == ("b-2",)


def test_what_is_there_is_never_overwritten(store: BucketStore, file: Path) -> None:
    store.write("b-1/manifest.json", "first")
    with pytest.raises(BackupError, match=r"There is a b-1/manifest.json .* already") as caught:
        store.write("b-1/manifest.json", "second")
    assert "Nothing is overwritten" in caught.value.hint
    assert store.read("b-1/manifest.json") == "first"


def test_a_store_is_tried_before_anything_is_dumped(store: BucketStore, proxy: Proxy) -> None:
    store.require_ready()
    assert [each.method for each in proxy.seen] == ["PUT", "PUT", "POST"]


def test_a_store_that_overwrites_is_not_used(store: BucketStore, proxy: Proxy) -> None:
    proxy.fault = failing("PUT", 2, Answer(200))
    with pytest.raises(BackupError, match="overwrites what it has"):
        store.require_ready()


def test_who_may_not_delete_may_still_keep_backups(store: BucketStore, proxy: Proxy) -> None:
    proxy.fault = lambda asked: Answer(403) if asked.path.endswith("?delete") else None
    store.require_ready()
    with pytest.raises(BackupError, match="could not be removed from: access was denied"):
        store.remove(["b-1/x"])


@pytest.mark.parametrize(
    "answer", [Answer(500), Answer(503), Answer()], ids=["500", "503", "broken off"]
)
def test_a_passing_fault_is_outlived(
    store: BucketStore, proxy: Proxy, file: Path, tmp_path: Path, answer: Answer
) -> None:
    proxy.fault = failing("PUT", 5, answer)
    store.put("b-1/dump/1.dat", file, "")
    assert len(proxy.seen) > 5
    store.fetch(kept(5), tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == DATA


def test_an_answer_that_was_lost_is_no_other_backup(
    store: BucketStore, proxy: Proxy, file: Path, tmp_path: Path
) -> None:
    """The object was created, nobody heard of it, and it was sent again."""
    proxy.fault = failing("PUT", 3, Answer(500, after=True))
    store.put("b-1/dump/1.dat", file, "")
    store.fetch(kept(5), tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == DATA


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (Answer(500), "it answered with status 500, also when asked 3 times"),
        (Answer(403), "access was denied"),
        (Answer(401), "access was denied"),
        (Answer(404), "is not there"),
        (Answer(501), "does not know what was asked of it"),
    ],
    ids=["500", "403", "401", "404", "501"],
)
def test_a_lasting_fault_is_one_message(
    store: BucketStore, proxy: Proxy, file: Path, answer: Answer, says: str
) -> None:
    proxy.fault = always(answer)
    with pytest.raises(BackupError) as caught:
        store.put("b-1/dump/1.dat", file, "")
    assert says in caught.value.message
    assert BUCKET in caught.value.message
    shown = f"{caught.value.message} {caught.value.hint}"
    assert SECRET not in shown
    assert "127.0.0.1" not in shown
    assert "\n" not in caught.value.message


IMPATIENT = Patience(request=0.3, connect=0.3, retries=1, retrying=2.0)


@pytest.mark.slow
def test_a_store_that_is_silent_is_asked_again_and_given_up(proxy: Proxy, file: Path) -> None:
    store = BucketStore(location_of(f"s3://{BUCKET}/silent"), patience=IMPATIENT)
    proxy.fault = always(Answer(slow=0.9))
    with pytest.raises(BackupError, match="did not answer in time"):
        store.put("b-1/dump/1.dat", file, "")
    assert len(proxy.seen) == 3


@pytest.mark.slow
def test_a_store_that_was_slow_once_keeps_the_file(
    proxy: Proxy, file: Path, tmp_path: Path
) -> None:
    store = BucketStore(location_of(f"s3://{BUCKET}/slow"), patience=IMPATIENT)
    proxy.fault = failing("PUT", 1, Answer(500, after=True, slow=0.9))
    store.put("b-1/dump/1.dat", file, "")
    store.fetch(["b-1/dump/1.dat"], tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == DATA


def test_the_last_part_may_fail(store: BucketStore, proxy: Proxy, file: Path) -> None:
    proxy.fault = always(Answer(403), containing=kept(5)[4])
    with pytest.raises(BackupError, match="access was denied"):
        store.put("b-1/dump/1.dat", file, "")
    assert len(store.objects("b-1")) == 4


def test_a_bucket_that_is_not_there_is_told(proxy: Proxy) -> None:
    store = BucketStore(location_of("s3://no-such-bucket/x"), patience=QUICK)
    with pytest.raises(
        BackupError, match="s3://no-such-bucket/x could not be written to"
    ) as caught:
        store.require_ready()
    assert "name of the bucket" in caught.value.hint


def test_azure_without_an_account_is_told() -> None:
    store = BucketStore(location_of("az://container"), patience=QUICK)
    with pytest.raises(BackupError, match="Account must be specified"):
        store.shelf()


def test_a_request_is_counted_by_its_method() -> None:
    proxy = Proxy(0, "")
    assert [proxy.note(each, "/").number for each in ("PUT", "GET", "PUT")] == [1, 1, 2]
    assert proxy.seen[0] == Request("PUT", "/", 1)


def test_a_run_without_credentials_is_told_that_it_has_none() -> None:
    said = "Generic S3 error: Error performing PUT http://169.254.169.254/latest/api/token in 1ms"
    with pytest.raises(BackupError, match="no credentials for it"), explained("s3://b", "read"):
        raise OSError(said)
