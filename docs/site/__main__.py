"""Makes the site in the folder that is named: `python -m docs.site build/site`.

What is wrong with a page ends it: a link that leads nowhere, a page that no list names. It asks
nothing of the network, and nor do the pages.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from docs.site.gather import gather
from docs.site.sources import Place

ROOT = Path(__file__).parents[2]
SETTINGS = Path(__file__).parent


def main() -> int:
    site = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build" / "site")
    place = Place(
        os.environ.get("GITHUB_REPOSITORY") or "OWNER/migration-bot",
        os.environ.get("GITHUB_SHA") or "HEAD",
    )
    with tempfile.TemporaryDirectory() as folder:
        pages, files = Path(folder, "pages"), Path(folder, "files")
        gather(ROOT, pages, files, place)
        shutil.rmtree(site, ignore_errors=True)
        sphinx = ("-m", "sphinx", "--builder", "html", "--quiet", "--fail-on-warning")
        where = ("--doctree-dir", str(Path(folder, "trees")), "--conf-dir", str(SETTINGS))
        more = ("--define", f"html_extra_path={files}")
        command = [sys.executable, *sphinx, *where, *more, str(pages), str(site)]
        done = subprocess.run(command, check=False)  # noqa: S603
    if done.returncode == 0:
        print(f"{site / 'index.html'}")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
