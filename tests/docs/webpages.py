"""Pages as Chromium shows them, without a network: their text, their width, what is displayed."""

import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

_QUIETLY = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    # Whatever a page asks of another server is not found.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--virtual-time-budget=15000",
)
# A page of ours beside those of the site looks at them in frames, since it may.
_PROBE = """<!doctype html><title>probe</title><pre id="found"></pre><script>
const found = {}, wanted = WANTED;
for (const [name, ask] of Object.entries(wanted)) {
  const frame = document.createElement("iframe");
  frame.style = "border: 0; height: 900px; width: WIDTHpx";
  frame.onload = () => {
    const page = frame.contentDocument, style = frame.contentWindow.getComputedStyle;
    found[name] = ask.length
      ? ask.map(each => style(page.querySelector("." + each)).display)
      : page.documentElement.scrollWidth;
    document.getElementById("found").textContent = JSON.stringify(found);
  };
  frame.src = name;
  document.body.append(frame);
}
</script>"""


@dataclass(frozen=True)
class Browser:
    """Chromium, for the pages of one site."""

    program: str
    folder: Path
    address: str

    def page(self, name: str, *, dark: bool = False) -> str:
        """What has become of the page when its scripts have run."""
        scheme = f"--blink-settings=preferredColorScheme={0 if dark else 1}"
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
            command = [self.program, *_QUIETLY, scheme, f"--user-data-dir={profile}", "--dump-dom"]
            done = subprocess.run(
                [*command, f"{self.address}/{name}"],
                capture_output=True,
                text=True,
                check=False,
                timeout=120,
            )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def widths(self, width: int, names: Sequence[str]) -> dict[str, int]:
        """How wide each page is on a screen of that width."""
        found: dict[str, int] = self._probed({name: [] for name in names}, width=width)
        return found

    def displayed(self, name: str, classes: Sequence[str], *, dark: bool) -> list[bool]:
        """Of each class, whether the first element that has it can be seen."""
        found: dict[str, list[str]] = self._probed({name: [*classes]}, width=1440, dark=dark)
        return [each != "none" for each in found[name]]

    def _probed(
        self, wanted: dict[str, list[str]], *, width: int, dark: bool = False
    ) -> dict[str, Any]:
        text = _PROBE.replace("WANTED", json.dumps(wanted)).replace("WIDTH", str(width))
        probe = self.folder / "probe.html"
        probe.write_text(text, "utf-8")
        try:
            match = re.search(r'<pre id="found">(.+?)</pre>', self.page("probe.html", dark=dark))
        finally:
            probe.unlink()
        assert match, "no page was shown"
        found: dict[str, Any] = json.loads(match[1])
        return found


def browser(folder: Path, address: str) -> Browser:
    """Skips the test where there is no Chromium."""
    found = [shutil.which(name) for name in ("chromium", "google-chrome", "chromium-browser")]
    program = next(filter(None, found), None)
    if program is None:
        pytest.skip("there is no Chromium: nobody has looked at the pages in a browser")
    return Browser(program, folder, address)
