"""The files a step writes to speak to its runner: outputs, environment, path, summary."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.harness.values import HarnessError

NAMES = ("GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STEP_SUMMARY", "GITHUB_STATE")
FORBIDDEN = ("NODE_OPTIONS",)
SUMMARY_LIMIT = 1024 * 1024


def make_files(folder: Path) -> dict[str, str]:
    """A fresh, empty file of each kind, by the variable that names it."""
    folder.mkdir(parents=True)
    files = {name: folder / name.lower() for name in NAMES}
    for file in files.values():
        file.touch()
    return {name: str(file) for name, file in files.items()}


def pairs(file: str) -> dict[str, str]:
    """The `name=value` lines and `name<<DELIMITER` blocks of a file."""
    found: dict[str, str] = {}
    lines = iter(Path(file).read_text(encoding="utf-8").splitlines())
    for line in lines:
        equals, heredoc = line.find("="), line.find("<<")
        if heredoc >= 0 and (equals < 0 or heredoc < equals):
            name, _, delimiter = line.partition("<<")
            found[name] = _block(name, delimiter, lines)
        elif equals > 0:
            name, _, found_value = line.partition("=")
            found[name] = found_value
        elif line:
            raise HarnessError(f"neither `name=value` nor `name<<DELIMITER`: {line}")
    return found


def _block(name: str, delimiter: str, lines: Iterator[str]) -> str:
    block: list[str] = []
    for line in lines:
        if line == delimiter:
            return "\n".join(block)
        block.append(line)
    raise HarnessError(f"{name}: the delimiter {delimiter} never comes")


def environment_of(file: str) -> Mapping[str, str]:
    found = pairs(file)
    for name in found:
        if name in FORBIDDEN or name.startswith(("GITHUB_", "RUNNER_")):
            raise HarnessError(f"GitHub does not let GITHUB_ENV set {name}")
    return found


def summary_of(file: str) -> str:
    """What the step adds to the job's summary. GitHub drops more than a megabyte."""
    text = Path(file).read_text(encoding="utf-8")
    if len(text.encode()) > SUMMARY_LIMIT:
        raise HarnessError("the summary is longer than GitHub takes")
    return text
