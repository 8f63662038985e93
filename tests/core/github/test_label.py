"""Labels of risk: one of ours at most, and nobody else's touched."""

import pytest

from bot.core.findings.risk import Risk
from bot.core.github.label import Relabelling, relabelling, risk_label

LOW, MEDIUM, HIGH = (risk_label("migrations", each) for each in Risk)


def test_a_label_says_how_much_is_at_stake() -> None:
    assert [each.name for each in (LOW, MEDIUM, HIGH)] == [
        "migrations: low risk",
        "migrations: medium risk",
        "migrations: high risk",
    ]
    for each in (LOW, MEDIUM, HIGH):
        assert len(each.colour) == 6
        assert int(each.colour, 16) >= 0
        assert len(each.description) <= 100


@pytest.mark.parametrize(
    ("present", "risk", "change"),
    [
        ((), Risk.LOW, Relabelling(LOW)),
        (("bug",), None, Relabelling()),
        ((LOW.name, "bug"), Risk.LOW, Relabelling()),
        (("Migrations: Low Risk",), Risk.LOW, Relabelling()),
        ((LOW.name, "bug"), Risk.HIGH, Relabelling(HIGH, (LOW.name,))),
        ((LOW.name, HIGH.name), Risk.HIGH, Relabelling(None, (LOW.name,))),
        (("MIGRATIONS: high RISK", "bug"), None, Relabelling(None, ("MIGRATIONS: high RISK",))),
        (("schema: high risk",), None, Relabelling()),
    ],
)
def test_one_of_ours_is_left(
    present: tuple[str, ...], risk: Risk | None, change: Relabelling
) -> None:
    assert relabelling(present, "migrations", risk) == change
