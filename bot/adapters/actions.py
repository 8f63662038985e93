"""GitHub's runner: its environment, the event it was started for, and the files it reads back."""

import json
import os
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TextIO
from urllib.parse import quote

from bot.core.github.event import Event
from bot.core.github.run import Run
from bot.errors import UsageError

_SUMMARY_LIMIT = 1024 * 1024


class Runner:
    """The runner of one job; `stream` is its log. `clean` strikes secrets out of every output."""

    def __init__(
        self,
        environ: Mapping[str, str],
        stream: TextIO,
        now: datetime,
        clean: Callable[[str], str],
    ) -> None:
        self._environ = environ
        self._stream = stream
        self._now = now
        self._clean = clean

    def event(self) -> Event:
        return read_event(self._environ)

    def run(self, commit: str) -> Run:
        server = self._environ.get("GITHUB_SERVER_URL", "https://github.com").rstrip("/")
        repository_url = f"{server}/{_required(self._environ, 'GITHUB_REPOSITORY')}"
        id = int(self._environ.get("GITHUB_RUN_ID", "0"))
        return Run(
            commit=commit,
            repository_url=repository_url,
            url=f"{repository_url}/actions/runs/{id}",
            id=id,
            number=int(self._environ.get("GITHUB_RUN_NUMBER", "0")),
            attempt=int(self._environ.get("GITHUB_RUN_ATTEMPT", "1")),
            at=self._now,
            docs_url=self._docs_url(server),
        )

    def _docs_url(self, server: str) -> str:
        """In the repository and at the commit that `uses:` names; "" for `uses: ./`."""
        repository = self._environ.get("MIGRATION_BOT_ACTION_REPOSITORY")
        ref = self._environ.get("MIGRATION_BOT_ACTION_REF")
        if not repository or not ref:
            return ""
        return f"{server}/{repository}/blob/{quote(ref)}/docs"

    def summary(self, markdown: str) -> None:
        """Add to the job's summary; the runner refuses more than 1 MiB of it."""
        self._append("GITHUB_STEP_SUMMARY", self._clean(markdown).encode()[:_SUMMARY_LIMIT] + b"\n")

    def output(self, name: str, value: str) -> None:
        """Set an output of the step; the delimiter is random, so no value can end it early."""
        delimiter = f"end_{secrets.token_hex(16)}"
        self._append(
            "GITHUB_OUTPUT", f"{name}<<{delimiter}\n{self._clean(value)}\n{delimiter}\n".encode()
        )

    def log(self, lines: str) -> None:
        self._stream.write(self._clean(lines).rstrip("\n") + "\n")
        self._stream.flush()

    def file(self, path: str, text: str) -> None:
        """Write a file for a later step, where nothing of a pull request can lie in wait.

        In the checkout a link of that name could lead the text anywhere.
        """
        place = Path(path)
        if not place.is_absolute():
            raise UsageError(
                f"{path} is no absolute path, so the file would lie in the checkout.",
                hint="Name a file below the runner's own folder: ${{ runner.temp }}/….",
            )
        try:
            place.write_text(self._clean(text) + "\n", "utf-8")
        except OSError as error:
            raise UsageError(
                f"{path} could not be written ({error.strerror}).",
                hint="Name a file in a folder that exists, such as ${{ runner.temp }}.",
            ) from error

    def _append(self, variable: str, content: bytes) -> None:
        path = self._environ.get(variable)
        if not path:
            return
        with Path(path).open("ab") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())


def read_event(environ: Mapping[str, str]) -> Event:
    """Raises UsageError if the process was not started by GitHub Actions."""
    path = Path(_required(environ, "GITHUB_EVENT_PATH"))
    try:
        payload = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(
            f"The event of this run could not be read from {path}.",
            hint="Leave GITHUB_EVENT_PATH as the runner sets it.",
        ) from error
    return Event(_required(environ, "GITHUB_EVENT_NAME"), payload, environ.get("GITHUB_SHA", ""))


def _required(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name)
    if value:
        return value
    raise UsageError(
        f"{name} is not set: `migration-bot github` runs inside GitHub Actions.",
        hint="At a terminal use `migration-bot check` or `migration-bot apply TARGET`.",
    )
