"""The bill of materials is of what the lock file names."""

from typing import Any

from releasing.sbom import problems

LOCK = "--only-binary :all:\n\nclick==8.5.1 \\\n    --hash=sha256:0\npywin32==1 ; sys_platform\n"


def bill(version: str = "1.2.3", **components: str) -> dict[str, Any]:
    return {
        "metadata": {"component": {"name": "migration-bot", "version": version}},
        "components": [{"name": name, "version": each} for name, each in components.items()],
    }


def test_a_bill_of_what_is_locked_is_right() -> None:
    assert problems(bill(click="8.5.1"), LOCK, "1.2.3") == []


def test_what_a_platform_does_without_may_be_missing() -> None:
    assert problems(bill(click="8.5.1", pywin32="1"), LOCK, "1.2.3") == []


def test_every_difference_is_told() -> None:
    found = problems(bill("1.2.4", click="8.5.0", Leftpad="1"), LOCK, "1.2.3")
    assert found == [
        "The bill is about migration-bot 1.2.4, not migration-bot 1.2.3.",
        "The environment has leftpad 1, which the lock file does not name.",
        "The bill has click 8.5.0; the lock file names 8.5.1.",
    ]
    assert problems(bill(), LOCK, "1.2.3") == [
        "The lock file names click 8.5.1, which the bill lacks."
    ]
