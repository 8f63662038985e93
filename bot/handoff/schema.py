"""The report a run leaves for another: its form, and how much of everything there may be.

Plain fields alone: no Markdown, no number of a pull request, no verdict. What can be worked out, or
asked of GitHub, is not believed.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

SCHEMA = 1
FILE = "report.json"
# With the number of the run's attempt after it: each of them leaves its own.
ARTIFACT = "migration-report"
# A migration of a megabyte is rare, and a comment shows 60 kB at most.
MOST_BYTES = 4_000_000
MOST_MIGRATIONS = 200
MOST_STATEMENTS = 2_000
MOST_FINDINGS = 1_000
MOST_DATABASES = 100

# No control character but tab and line ends. Half a character is refused by the JSON reader.
_TEXT = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
_LINE = "^[^\\x00-\\x1f\\x7f\u2028\u2029]*$"
_PATH = r"^[^\x00-\x1f\x7f\\]+$"

Commit = Annotated[str, Field(pattern=r"^[0-9a-f]{40}$")]
DatabaseName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
Name = Annotated[str, Field(pattern=_LINE, min_length=1, max_length=255)]
Path = Annotated[str, Field(pattern=_PATH, min_length=1, max_length=1_000)]
Relation = Annotated[str, Field(pattern=_LINE, min_length=1, max_length=300)]
Relations = Annotated[tuple[Relation, ...], Field(max_length=500)]
Text = Annotated[str, Field(max_length=4_000, pattern=_TEXT)]
Sql = Annotated[str, Field(max_length=2_000_000)]
Number = Annotated[int, Field(ge=0, le=10_000_000)]
Place = Annotated[int, Field(ge=1, le=10_000_000)]
Mode = Literal[
    "ACCESS_SHARE",
    "ROW_SHARE",
    "ROW_EXCLUSIVE",
    "SHARE_UPDATE_EXCLUSIVE",
    "SHARE",
    "SHARE_ROW_EXCLUSIVE",
    "EXCLUSIVE",
    "ACCESS_EXCLUSIVE",
]


class Part(BaseModel):
    """What is unknown, or of another type, is refused."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class LockPart(Part):
    relation: Relation
    mode: Mode
    new: bool = False


class StatementPart(Part):
    """A statement by its place: its text is cut out of the migration's own."""

    kind: Annotated[str, Field(pattern=r"^[A-Z][A-Za-z _-]*$", max_length=80)]
    line: Place
    column: Place
    end_line: Place
    end_column: Place
    transactional: bool = True
    understood: bool = True
    conditional: bool = False
    locks: Annotated[tuple[LockPart, ...], Field(max_length=500)] = ()
    rewrites: Relations = ()
    scans: Relations = ()
    loses: Relations = ()
    rebuilds: Relations = ()
    misses: Relations = ()


class PiecePart(Part):
    sql: Annotated[str, Field(max_length=100_000)]
    place: Literal["here", "apart", "next", "later"] = "here"
    what: Annotated[str, Field(pattern=r"^[a-z0-9_]*$", max_length=60)] = ""


class RewritePart(Part):
    """What to write in a statement's place."""

    pieces: Annotated[tuple[PiecePart, ...], Field(max_length=50)] = ()
    todo: Text = ""


class FindingPart(Part):
    rule: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=60)]
    severity: Literal["notice", "warning", "error"]
    message: Text
    why: Text = ""
    fix: Text = ""
    path: Path
    line: Place = 1
    column: Place = 1
    end_line: Place = 1
    statement: Number | None = None
    allowed: Text | None = None
    rewrite: RewritePart | None = None


class MigrationPart(Part):
    """One migration. `checksum` must be that of `sql`, and of the text at the head."""

    name: Name
    path: Path
    checksum: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    sql: Sql
    atomic: bool = True
    excluded: Number = 0
    statements: Annotated[tuple[StatementPart, ...], Field(max_length=MOST_STATEMENTS)] = ()
    findings: Annotated[tuple[FindingPart, ...], Field(max_length=MOST_FINDINGS)] = ()


class ReportFile(Part):
    """What the check of a fork's pull request found."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, title="migration-report")

    # The number of this schema; another is refused.
    version: Annotated[int, Field(alias="schema", ge=SCHEMA, le=SCHEMA)]
    head: Commit
    postgres: Annotated[str, Field(pattern=r"^[0-9]{1,3}$")]
    base: Name | None = None
    baseline: Name | None = None
    accepted: Number = 0
    left_out: Number = 0
    migrations: Annotated[tuple[MigrationPart, ...], Field(max_length=MOST_MIGRATIONS)] = ()
    findings: Annotated[tuple[FindingPart, ...], Field(max_length=MOST_FINDINGS)] = ()


class ReportsFile(Part):
    """What it found where the repository has several databases, by name."""

    version: Annotated[int, Field(alias="schema", ge=SCHEMA, le=SCHEMA)]
    head: Commit
    databases: Annotated[dict[DatabaseName, ReportFile], Field(max_length=MOST_DATABASES)]


def report_schema() -> dict[str, Any]:
    """As JSON Schema, for whoever wants to read such a report as well."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "description": "What the check of a fork's pull request leaves for the workflow that tells "
        "it. Written by migration-bot; never to be trusted.",
        **ReportFile.model_json_schema(),
    }
