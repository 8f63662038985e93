"""Stand-ins for the actions of others that our workflows use."""

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.harness.documents import only
from tests.harness.values import HarnessError
from tests.harness.world import ActionCall, StandIn

CHECKOUT = frozenset({"ref", "path", "fetch-depth", "persist-credentials"})
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


def checkout_from(origin: Path) -> StandIn:
    """An `actions/checkout` that clones from a repository on this machine."""

    def checkout(call: ActionCall) -> Mapping[str, str]:
        only(CHECKOUT, call.inputs, call.name)
        if call.inputs.get("persist-credentials") != "false":
            raise HarnessError("a checkout must say persist-credentials: false")
        folder = call.workspace / call.inputs.get("path", ".")
        wanted = call.inputs.get("ref") or call.event.sha
        commit = _fetch(origin, folder, wanted, depth=int(call.inputs.get("fetch-depth", "1")))
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
