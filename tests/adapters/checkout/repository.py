"""A real git repository with migrations, whatever the configuration of whoever runs the tests."""

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from bot.adapters.checkout import Checkout

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
FOLDER = "prisma/migrations"
LOCK = 'provider = "postgresql"\n'

FIRST = "20260101000000_first"
SECOND = "20260102000000_second"
THIRD = "20260103000000_third"


class Repository:
    def __init__(self, path: Path, home: Path, **environ: str) -> None:
        self.path = path
        self.environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "Author",
            "GIT_AUTHOR_EMAIL": "author@example.org",
            "GIT_COMMITTER_NAME": "Author",
            "GIT_COMMITTER_EMAIL": "author@example.org",
            **environ,
        }

    def git(self, *arguments: str) -> str:
        return subprocess.run(
            ["git", "-C", str(self.path), "-c", "protocol.file.allow=always", *arguments],
            env=self.environ,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()

    @property
    def migrations(self) -> Path:
        return self.path / FOLDER

    def write(self, path: str, content: str | bytes = "SELECT 1;\n") -> Path:
        """A file below the migrations folder."""
        file = self.migrations / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    def add(self, *names: str) -> None:
        for name in names:
            self.write(
                f"{name}/migration.sql", f"CREATE TABLE t_{name} ();\n".encode("utf-8", "replace")
            )

    def commit(self, message: str = "work") -> str:
        self.git("add", "--all", "--force")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")

    def branch(self, name: str) -> None:
        self.git("checkout", "--quiet", "-b", name)

    def switch(self, name: str) -> None:
        self.git("checkout", "--quiet", name)

    def clone(self, path: Path, *options: str) -> "Repository":
        self.git("clone", "--quiet", *options, f"file://{self.path}", str(path))
        return Repository(path, Path(self.environ["HOME"]))

    def checkout(self, **environ: str) -> Checkout:
        return Checkout(self.path, FOLDER, {**self.environ, **environ})
