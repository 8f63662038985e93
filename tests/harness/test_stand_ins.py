from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.harness import ActionCall, Event, HarnessError, StepFailed, checkout_from, keeping
from tests.harness.stand_ins import git

AUTHOR = ["-c", "user.name=Octocat", "-c", "user.email=octocat@example.com"]


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    folder = tmp_path / "origin"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch", "main")
    for name in "first", "second":
        (folder / name).touch()
        git(folder, "add", "--all")
        git(folder, *AUTHOR, "commit", "--quiet", "--message", name)
    return folder


def check_out(origin: Path, tmp_path: Path, **inputs: str) -> Path:
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    given = {"persist-credentials": "false"} | {
        key.replace("_", "-"): value for key, value in inputs.items()
    }
    event = Event("push", {}, git(origin, "rev-parse", "main"))
    call = ActionCall("actions/checkout", "v7", given, workspace, tmp_path, event)
    checkout_from(origin)(call)
    return workspace


def test_a_checkout_has_one_commit_unless_asked_for_more(origin: Path, tmp_path: Path) -> None:
    folder = check_out(origin, tmp_path)
    assert (folder / "second").exists()
    assert git(folder, "rev-list", "--count", "HEAD") == "1"
    assert git(folder, "branch", "--remotes") == ""


def test_a_checkout_of_everything_has_the_branches_of_its_origin(
    origin: Path, tmp_path: Path
) -> None:
    folder = check_out(origin, tmp_path, fetch_depth="0")
    assert git(folder, "rev-list", "--count", "HEAD") == "2"
    assert git(folder, "branch", "--remotes") == "origin/main"


def test_a_commit_that_no_branch_points_at_is_checked_out(origin: Path, tmp_path: Path) -> None:
    first = git(origin, "rev-parse", "main~1")
    folder = check_out(origin, tmp_path, ref=first, path="below")
    assert (folder / "below" / "first").exists()
    assert not (folder / "below" / "second").exists()


@pytest.mark.parametrize(("inputs", "found"), [({}, False), ({"token": "better"}, True)])
def test_what_a_token_may_not_read_is_not_found(
    origin: Path, tmp_path: Path, inputs: dict[str, str], found: bool
) -> None:
    event = Event("push", {}, git(origin, "rev-parse", "main"))
    given = {"persist-credentials": "false", **inputs}
    call = ActionCall("actions/checkout", "v7", given, tmp_path / "w", tmp_path, event, token="own")
    checkout = checkout_from(origin, may_read=lambda token: token == "better")
    if not found:
        with pytest.raises(StepFailed, match="Repository not found"):
            checkout(call)
    else:
        assert checkout(call)["commit"] == event.sha


@pytest.mark.parametrize(
    "inputs",
    [
        {"persist_credentials": "true"},
        {"submodules": "true"},
        {"ref": "0" * 40},
        {"ref": "nowhere"},
    ],
)
def test_a_checkout_that_github_would_not_do_like_that_is_an_error(
    origin: Path, tmp_path: Path, inputs: dict[str, str]
) -> None:
    with pytest.raises(HarnessError):
        check_out(origin, tmp_path, **inputs)


class Shelf:
    """What was uploaded, by run and name."""

    def __init__(self) -> None:
        self.kept: dict[tuple[int, str], bytes] = {}

    def keep(self, run: int, name: str, octets: bytes) -> int:
        self.kept[run, name] = octets
        return len(self.kept)

    def use(self, action: str, tmp_path: Path, **inputs: str) -> dict[str, str]:
        stand_ins = keeping(self.keep, lambda run, wanted: self.kept.get((run, wanted)))
        given = {key.replace("_", "-"): value for key, value in inputs.items()}
        event = Event("push", {}, "a" * 40)
        call = ActionCall(f"actions/{action}", "v7", given, tmp_path, tmp_path, event, run_id=7)
        return dict(stand_ins[call.name](call))

    def names(self, run: int, name: str) -> list[str]:
        return ZipFile(BytesIO(self.kept[run, name])).namelist()


def lay(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name, encoding="utf-8")


def test_an_upload_is_a_zip_of_what_is_not_hidden(tmp_path: Path) -> None:
    lay(tmp_path, "out/a.json", "out/below/b.json", "out/.hidden", "out/.cache/c", ".bot/r.json")
    shelf = Shelf()
    shelf.use("upload-artifact", tmp_path, name="all", path="out")
    shelf.use("upload-artifact", tmp_path, name="one", path=".bot/r.json")
    shelf.use("upload-artifact", tmp_path, name="more", path="out", include_hidden_files="true")
    assert shelf.names(7, "all") == ["a.json", "below/b.json"]
    assert shelf.names(7, "one") == ["r.json"]
    assert len(shelf.names(7, "more")) == 4


def test_an_upload_of_nothing_fails_only_if_that_is_asked_for(tmp_path: Path) -> None:
    lay(tmp_path, ".bot/r.json")
    shelf = Shelf()
    assert shelf.use("upload-artifact", tmp_path, name="a", path=".bot") == {}
    with pytest.raises(StepFailed, match="No files were found"):
        shelf.use("upload-artifact", tmp_path, path="nowhere", if_no_files_found="error")
    assert shelf.kept == {}


def test_a_download_brings_back_what_a_run_kept(tmp_path: Path) -> None:
    lay(tmp_path, "out/a.json")
    shelf = Shelf()
    shelf.use("upload-artifact", tmp_path, name="all", path="out")
    shelf.use("download-artifact", tmp_path, name="all", path="back", run_id="7")
    assert (tmp_path / "back/a.json").read_text(encoding="utf-8") == "out/a.json"
    with pytest.raises(StepFailed, match="Artifact not found"):
        shelf.use("download-artifact", tmp_path, name="all", run_id="8")


def test_an_upload_the_harness_does_not_do_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(HarnessError, match="knows no patterns"):
        Shelf().use("upload-artifact", tmp_path, path="out/*.json")


def test_files_of_several_paths_are_kept_below_the_folder_they_share(tmp_path: Path) -> None:
    (tmp_path / "out" / "more").mkdir(parents=True)
    (tmp_path / "out" / "one.json").write_text("1")
    (tmp_path / "out" / "more" / "two.json").write_text("2")
    shelf = Shelf()
    shelf.use("upload-artifact", tmp_path, path="out/one.json\nout/more/two.json")
    shelf.use("download-artifact", tmp_path, name="artifact", path="got")
    assert (tmp_path / "got" / "one.json").read_text() == "1"
    assert (tmp_path / "got" / "more" / "two.json").read_text() == "2"
