"""Stand-ins for the actions of others that our workflows use."""

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from tests.harness.documents import only
from tests.harness.values import HarnessError, StepFailed
from tests.harness.world import ActionCall, StandIn

CHECKOUT = frozenset({"repository", "ref", "path", "fetch-depth", "persist-credentials", "token"})
UPLOAD = frozenset({"name", "path", "if-no-files-found", "retention-days", "include-hidden-files"})
DOWNLOAD = frozenset({"name", "path", "run-id", "github-token"})
Keep = Callable[[int, str, bytes], int]
Fetch = Callable[[int, str], bytes | None]
UPLOAD_PACK = "git -c uploadpack.allowAnySHA1InWant=true upload-pack"


def nothing(call: ActionCall) -> Mapping[str, str]:
    """For actions that only make things faster."""
    return {}


def kept_in(folder: Path) -> dict[str, StandIn]:
    """The two halves of `actions/cache`, with everything kept in a folder of this machine. A hit
    is never exact, as on a branch whose base has moved."""

    def restore(call: ActionCall) -> Mapping[str, str]:
        if folder.exists():
            shutil.copytree(folder, call.inputs["path"], dirs_exist_ok=True)
        return {"cache-hit": "false", "cache-primary-key": call.inputs["key"]}

    def save(call: ActionCall) -> Mapping[str, str]:
        path = Path(call.inputs["path"])
        if path.exists():
            shutil.copytree(path, folder, dirs_exist_ok=True)
        return {}

    return {"actions/cache/restore": restore, "actions/cache/save": save}


def never(call: ActionCall) -> Mapping[str, str]:
    raise HarnessError(f"{call.name} should not have been needed")


def keeping(keep: Keep, fetch: Fetch) -> dict[str, StandIn]:
    """`actions/upload-artifact` and `actions/download-artifact`, with real zips in between.

    `keep` takes run, name and octets, and returns the artifact's number; `fetch` takes run and
    name, and returns the octets, or None if there is no such artifact.
    """

    def upload(call: ActionCall) -> Mapping[str, str]:
        only(UPLOAD, call.inputs, call.name)
        found = _kept_files(call)
        if not found:
            missing = f"No files were found with the provided path: {call.inputs['path']}"
            if call.inputs.get("if-no-files-found", "warn") == "error":
                raise StepFailed(missing)
            return {}
        name, octets = call.inputs.get("name", "artifact"), _zipped(found)
        number = keep(call.run_id, name, octets)
        digest = sha256(octets).hexdigest()
        return {"artifact-id": str(number), "artifact-digest": digest}

    def download(call: ActionCall) -> Mapping[str, str]:
        only(DOWNLOAD, call.inputs, call.name)
        name, run = call.inputs["name"], int(call.inputs.get("run-id", call.run_id))
        octets = fetch(run, name)
        if octets is None:
            raise StepFailed(f"Unable to download artifact(s): Artifact not found for name: {name}")
        folder = call.workspace / call.inputs.get("path", ".")
        with ZipFile(BytesIO(octets)) as archive:
            archive.extractall(folder)
        return {"download-path": str(folder)}

    return {"actions/upload-artifact": upload, "actions/download-artifact": download}


def _kept_files(call: ActionCall) -> dict[str, Path]:
    """What is to be kept, by its name in the zip: of one path what is below it, of several what
    they have below the folder they share."""
    lines = [each.strip() for each in call.inputs["path"].strip().split("\n")]
    if any(sign in line for line in lines for sign in "*?[!"):
        raise HarnessError(f"{call.name}: the harness knows no patterns")
    hidden = call.inputs.get("include-hidden-files") == "true"
    roots = [call.workspace / each for each in lines]
    if len(roots) == 1:
        return _below(roots[0], hidden=hidden)
    shared = Path(os.path.commonpath(roots))
    found = [each for root in roots for each in _below(root, hidden=hidden).values()]
    return {each.relative_to(shared).as_posix(): each for each in found}


def _below(root: Path, *, hidden: bool) -> dict[str, Path]:
    """The files below one path. What is hidden is left out, unless asked for; so is a path whose
    own last name begins with a dot."""
    if not hidden and root.name.startswith("."):
        return {}
    if root.is_file():
        return {root.name: root}
    below = {each.relative_to(root): each for each in sorted(root.rglob("*")) if each.is_file()}
    return {
        name.as_posix(): each
        for name, each in below.items()
        if hidden or not any(part.startswith(".") for part in name.parts)
    }


def _zipped(files: Mapping[str, Path]) -> bytes:
    kept = BytesIO()
    with ZipFile(kept, "w", ZIP_DEFLATED) as archive:
        for name, path in files.items():
            archive.write(path, name)
    return kept.getvalue()


def checkout_from(
    origin: Path,
    others: Mapping[str, Path] | None = None,
    may_read: Callable[[str], bool] = lambda token: True,
) -> StandIn:
    """An `actions/checkout` that clones from a repository on this machine; `others` are there by
    their names. To a token that may not read it GitHub says that there is none."""

    def checkout(call: ActionCall) -> Mapping[str, str]:
        only(CHECKOUT, call.inputs, call.name)
        if call.inputs.get("persist-credentials") != "false":
            raise HarnessError("a checkout must say persist-credentials: false")
        folder = call.workspace / call.inputs.get("path", ".")
        wanted = call.inputs.get("ref") or call.event.sha
        source = call.inputs.get("repository")
        there = (others or {})[source] if source else origin
        if not source and not may_read(call.inputs.get("token") or call.token):
            raise StepFailed(f"remote: Repository not found.\nfatal: repository '{origin.name}'")
        commit = _fetch(there, folder, wanted, depth=int(call.inputs.get("fetch-depth", "1")))
        return {"commit": commit, "ref": wanted}

    return checkout


def _fetch(origin: Path, folder: Path, wanted: str, *, depth: int) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "--quiet", "--initial-branch", "unborn")
    git(folder, "remote", "add", "origin", origin.resolve().as_uri())
    everything = ["+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*"]
    refs = [wanted, *everything] if depth == 0 else [wanted]
    limit = [] if depth == 0 else [f"--depth={depth}"]
    fetch = ["fetch", "--quiet", "--no-tags", "--upload-pack", UPLOAD_PACK, *limit, "origin", *refs]
    git(folder, *fetch)
    commit = git(folder, "rev-parse", "FETCH_HEAD").split()[0]
    git(folder, "checkout", "--quiet", "--force", "--detach", commit)
    return commit


def git(folder: Path, *arguments: str) -> str:
    """Run git without any configuration of the host's."""
    environment = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": str(folder),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
    }
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise HarnessError(f"git {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout.strip()
