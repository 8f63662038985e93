"""The Dockerfile, as far as it can be proved without an engine: read, and half of it run."""

import base64
import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot import __version__

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "Dockerfile").read_text("utf-8")
BUILD, FINAL = re.split(r"^FROM .*\n", TEXT, flags=re.MULTILINE)[1:]
# As PostgreSQL's wiki, and Debian's package postgresql-common, have it.
FINGERPRINT = "B97B0AFCAA1A47F044F244A07FCC7D46ACCC4CF8"
PLACES = ("/tools", "/opt/migration-bot", "/dist")


def instructions(stage: str, name: str) -> list[str]:
    joined = re.sub(r"\n\s*#.*", "", stage).replace("\\\n", " ")
    return re.findall(rf"^{name} (.+)$", joined, re.MULTILINE)


def test_it_does_not_run_as_root_and_needs_no_shell() -> None:
    assert instructions(FINAL, "USER") == ["10001:10001"]
    (entry,) = instructions(FINAL, "ENTRYPOINT")
    assert entry == '["/opt/migration-bot/bin/migration-bot"]'
    assert TEXT.index("USER ") > TEXT.rindex("RUN ")


def test_what_it_installs_from_pypi_is_locked_by_hash() -> None:
    installs = [
        each for run in instructions(BUILD, "RUN") for each in run.split("&&") if "pip" in each
    ]
    assert len([each for each in installs if "install" in each]) == 3
    for each in installs:
        assert "--require-hashes" in each or "--without-pip" in each or each.endswith("*.whl")
    assert "pip" not in "".join(instructions(FINAL, "RUN"))


def test_nothing_is_fetched_that_nobody_signed_for() -> None:
    assert not re.search(r"^ADD |curl|wget|http://", TEXT, re.MULTILINE)
    assert "signed-by=/usr/share/keyrings/apt.postgresql.org.asc" in FINAL


def test_the_key_is_that_of_postgresqls_archive() -> None:
    """A fingerprint is the SHA-1 of the first packet, which is the public key."""
    armoured = (ROOT / ".ci/releasing/image/apt.postgresql.org.asc").read_text("ascii")
    body = armoured.split("\n\n", 1)[1].split("\n=", 1)[0]
    packets = base64.b64decode(body)
    assert packets[0] == 0x99
    length = int.from_bytes(packets[1:3], "big")
    key = packets[: 3 + length]
    assert hashlib.sha1(key, usedforsecurity=False).hexdigest().upper() == FINGERPRINT


def test_every_major_that_the_image_has_is_tried() -> None:
    (majors,) = re.findall(r'POSTGRES_MAJORS="(.+)"', FINAL)
    assert f"for major in {majors};" in (ROOT / ".ci/releasing/image/try").read_text("utf-8")


def context(place: Path) -> Path:
    """What an engine would be sent: the lines of .dockerignore that take back the first."""
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    rules = [each for each in lines if each and not each.startswith("#")]
    assert rules[0] == "*"
    unwanted = [each.removeprefix("**/") for each in rules if each.startswith("**/")]
    for each in (rule.removeprefix("!") for rule in rules if rule.startswith("!")):
        source, there = ROOT / each, place / each
        there.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, there, ignore=shutil.ignore_patterns(*unwanted))
        else:
            shutil.copy(source, there)
    return place


def test_everything_that_is_copied_is_sent(tmp_path: Path) -> None:
    sent = context(tmp_path)
    for each in [*instructions(BUILD, "COPY"), *instructions(FINAL, "COPY")]:
        if not each.startswith("--from"):
            assert [name for name in each.split()[:-1] if not (sent / name).exists()] == []
    assert not (sent / "tests").exists()
    assert not (sent / ".git").exists()


@pytest.mark.slow
@pytest.mark.soak
def test_the_first_stage_makes_a_bot_that_runs(tmp_path: Path) -> None:
    """Its own commands, on the Python at hand; only the places are others."""
    source = context(tmp_path / "source")
    shim = tmp_path / "shim"
    shim.mkdir()
    (shim / "python").symlink_to(sys.executable)
    for each in instructions(BUILD, "RUN"):
        for place in PLACES:
            each = each.replace(place, f"{tmp_path}{place}")
        environ = {**os.environ, "PATH": f"{shim}:{os.environ['PATH']}"}
        done = subprocess.run(
            ["/bin/sh", "-ec", each], cwd=source, env=environ, capture_output=True, text=True
        )
        if "No matching distribution" in done.stderr and "CI" not in os.environ:
            pytest.skip("THE IMAGE'S FIRST STAGE WAS NOT RUN: no package index answers")
        assert done.returncode == 0, done.stderr
    bot = tmp_path / "opt/migration-bot/bin/migration-bot"
    told = subprocess.run([bot, "--version"], cwd=tmp_path, capture_output=True, text=True)
    assert told.stdout == f"migration-bot, version {__version__}\n"
