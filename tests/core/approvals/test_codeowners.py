"""CODEOWNERS as GitHub describes it: what its own example says, and where it is no .gitignore."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.approvals.codeowners import MOST_BYTES, owners_of

# The example of GitHub's page "About code owners", with its own words for what each line means.
EXAMPLE = """
# This is a comment.
*       @global-owner1 @global-owner2
*.js    @js-owner #This is an inline comment.
*.go docs@example.com
*.txt @octo-org/octocats
/build/logs/ @doctocat
docs/* docs@example.com
apps/ @octocat
/docs/ @doctocat
/scripts/ @doctocat @octocat
**/logs @octocat
/apps/ @octocat
/apps/github
"""


@pytest.mark.parametrize(
    ("path", "owners"),
    [
        ("README.md", ("@global-owner1", "@global-owner2")),
        ("deep/down/a.js", ("@js-owner",)),
        ("main.go", ("docs@example.com",)),
        ("x/notes.txt", ("@octo-org/octocats",)),
        ("build/logs/a/b", ("@octocat",)),
        ("docs/getting-started.md", ("@doctocat",)),
        ("docs/build-app/troubleshooting.md", ("@doctocat",)),
        ("x/apps/y/z", ("@octocat",)),
        ("scripts/run", ("@doctocat", "@octocat")),
        ("deeply/nested/logs/x", ("@octocat",)),
        ("apps/a", ("@octocat",)),
        ("apps/github", ()),
        ("apps/github/workflow", ()),
    ],
)
def test_githubs_own_example(path: str, owners: tuple[str, ...]) -> None:
    assert owners_of(EXAMPLE, path) == owners


MIGRATION = "prisma/migrations/20260101000000_add/migration.sql"


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        ("*", True),
        ("*.sql", True),
        ("migration.sql", True),
        ("prisma", True),
        ("prisma/", True),
        ("/prisma/", True),
        ("prisma/migrations", True),
        ("prisma/migrations/", True),
        ("/prisma/migrations/**", True),
        ("prisma/**/migration.sql", True),
        ("**/migration.sql", True),
        ("/prisma/*/*/migration.sql", True),
        ("/prisma/migrations/2026*", True),
        ("/prisma/migrations/2026????000000_add/", True),
        ("migrations/", True),
        ("/**", True),
        ("prisma/*", False),
        ("prisma/migrations/*", False),
        ("/migrations/", False),
        ("migrations/2026*", False),
        ("*.SQL", False),
        ("Prisma/", False),
        ("migration.sql/", False),
        ("/prisma/*/migration.sql", False),
        ("migration.sq", False),
        ("igration.sql", False),
        ("/", False),
        ("!prisma/", False),
        ("prisma/migrations/[0-9]*/", False),
        ("\\#prisma", False),
    ],
)
def test_what_a_pattern_fits(pattern: str, fits: bool) -> None:
    assert (owners_of(f"{pattern} @dba\n", MIGRATION) == ("@dba",)) is fits


def test_the_last_line_that_fits_counts_even_if_it_names_nobody() -> None:
    assert owners_of("* @a\nprisma/ @b @acme/dba\n", MIGRATION) == ("@b", "@acme/dba")
    assert owners_of("prisma/ @b\n*\n", MIGRATION) == ()


def test_a_line_with_something_that_cannot_be_an_owner_is_skipped() -> None:
    assert owners_of("* @a\nprisma/ dba\n", MIGRATION) == ("@a",)
    assert owners_of("* @a\nprisma/ @b @\n", MIGRATION) == ("@a",)


def test_spaces_in_a_path_are_escaped_and_comments_end_a_line() -> None:
    text = "a\\ b/ @a # and nobody else\n#* @b\n"

    assert owners_of(text, "a b/c") == ("@a",)
    assert owners_of(text, "other") == ()


def test_a_file_that_github_would_not_load_names_nobody() -> None:
    assert owners_of("* @a\n" + "#" * MOST_BYTES, MIGRATION) == ()
    assert owners_of("", MIGRATION) == ()


@given(st.text(alphabet="*/?\\[]!#. ab@", max_size=30), st.text(alphabet="ab./ *", max_size=20))
def test_any_pattern_is_read(pattern: str, path: str) -> None:
    assert owners_of(f"{pattern} @dba", path) in ((), ("@dba",))
