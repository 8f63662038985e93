"""A restore in a process of its own, which can be killed: by itself at a step, or from outside.

python -m tests.restoring.killed URL DIRECTORY BACKUP HOW STEP
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

from bot.adapters.postgres.restoring.site import open_site
from bot.core.backups.backup import MANIFEST, Manifest
from bot.core.restores.outcome import Step
from bot.core.restores.plan import How
from bot.core.targets.url import parse_url
from tests.adapters.postgres.restoring.places import TARGET, Live, quiet
from tests.shell import ROOT, environment

NEVER = "never"


def started(found: Live, backup: str, how: How, step: str) -> "subprocess.Popen[bytes]":
    """Begin one; it sweeps first, as every restore does."""
    arguments = (found.server.url(found.name), str(found.directory), backup, how.value, step)
    return subprocess.Popen(
        [sys.executable, "-m", "tests.restoring.killed", *arguments],
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def main(url: str, directory: str, backup: str, how: str, step: str) -> None:
    def heard(reached: Step) -> None:
        if reached.value == step:
            os.kill(os.getpid(), signal.SIGKILL)

    place = Path(directory) / backup
    with open_site(TARGET, parse_url(url), who="killed") as site, site.exclusively(quiet):
        site.scene(counted=False)
        site.sweep()
        manifest = Manifest.from_json((place / MANIFEST).read_text("utf-8"))
        site.put(manifest, place, How(how), owners=True, note=quiet, heard=heard)


if __name__ == "__main__":
    main(*sys.argv[1:])
