"""What the page on approvals shows is true: its configurations are read, its code owners found."""

import pytest

from bot.config.file import read_settings
from bot.core.approvals.approval_policy import ApprovalPolicy
from bot.core.approvals.codeowners import owners_of
from tests.docs.documents import ROOT, blocks

PAGE = ROOT / "docs/how-to/approvals.md"


def policies() -> list[ApprovalPolicy]:
    read = (read_settings(each.text, path="bot.yml") for each in blocks(PAGE, "yaml"))
    return [each.target("production").approval for each in read]


def test_every_configuration_is_one_and_asks_for_what_the_page_says() -> None:
    plain, named, by_risk, by_who_merges = policies()

    assert plain == ApprovalPolicy.of(2)
    assert set(named.high.by.users) == {"grace", "linus"}
    assert named.codeowners
    assert [each.count for each in by_risk.needs] == [0, 1, 2]
    assert by_risk.high.by.teams == ("acme/dba",)
    assert by_who_merges.triggerer


@pytest.mark.parametrize("path", ["prisma/migrations/20260201000000_more/migration.sql"])
def test_the_code_owners_own_the_migrations(path: str) -> None:
    text = PAGE.read_text("utf-8")
    shown = text[text.index("# .github/CODEOWNERS") :].partition("```")[0]

    assert owners_of(shown, path) == ("@acme/dba", "@grace")
