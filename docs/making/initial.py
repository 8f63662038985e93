"""The workflows of `migration-bot init`, made from those of this project."""

import re
from pathlib import Path

_ROOT = Path(__file__).parents[2]
OURS = _ROOT / ".github" / "workflows"
INITIAL = _ROOT / "bot" / "initial"
NAMES = (
    "migration-check.yml",
    "migration-deploy.yml",
    "migration-drift.yml",
    "migration-recheck.yml",
    "migration-report.yml",
)
_WORDS = (
    (re.compile(r"uses: \./(?: # zizmor: .*)?$", re.MULTILINE), "uses: BOT_REPOSITORY@BOT_COMMIT"),
    (re.compile(r"\bbranches: \[main\]"), "branches: [DEFAULT_BRANCH]"),
    (re.compile(r"\brefs/heads/main\b"), "refs/heads/DEFAULT_BRANCH"),
    (re.compile(r"\bprisma/migrations\b"), "MIGRATIONS_FOLDER"),
)
# Here the bot has to be checked out beside what it judges; elsewhere `uses:` brings it.
_OWN_BOT = re.compile(r"      - name: Check out the bot that judges\n(?:.+\n)+\n")
_BESIDE = re.compile(r"^          path: change\n", re.MULTILINE)
_THERE = re.compile(r"^        with:\n          working-directory: change\n", re.MULTILINE)
_ABOUT_OURS = re.compile(r"^#\n# Two checkouts: .*?^(?=name: )", re.MULTILINE | re.DOTALL)


def workflow_template(name: str) -> str:
    """One of our workflows as another repository would have it, with words for what differs."""
    text = (OURS / name).read_text("utf-8")
    if name == "migration-check.yml":
        for pattern in (_ABOUT_OURS, _OWN_BOT, _BESIDE, _THERE):
            text, replaced = pattern.subn("", text)
            assert replaced == 1, f"{pattern.pattern} is not there once"
    for pattern, word in _WORDS:
        text = pattern.sub(word, text)
    return text
