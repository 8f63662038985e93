import pytest
from github import GithubException

from bot.adapters.github.refusal import refused

PERMISSION = "pull-requests: write"


def hint(status: int, message: str = "", **headers: str) -> str:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    error = GithubException(status, {"message": message}, named)
    return refused("comment on #1", PERMISSION, error).hint


@pytest.mark.parametrize(
    ("status", "message", "headers", "expected"),
    [
        (401, "Bad credentials", {}, "renew GITHUB_TOKEN"),
        (403, "Resource not accessible by integration", {}, "`permissions: pull-requests: write`"),
        (403, "Resource not accessible by integration", {}, "from a fork"),
        (403, "Repository was archived so is read-only.", {}, "unarchive"),
        (404, "Not Found", {}, "is not there"),
        (403, "", {"x_github_sso": "required; url=https://github.com/orgs/acme/sso?x=y"}, "single"),
        (429, "", {"retry_after": "60"}, "opens again at"),
        (410, "Issues are disabled for this repo", {}, "settings"),
        (422, "Validation Failed", {}, "its message says why"),
        (451, "Repository access blocked", {}, "legal"),
        (500, "", {}, "a problem of its own"),
        (418, "", {}, "report it"),
    ],
)
def test_each_refusal_says_what_to_do(
    status: int, message: str, headers: dict[str, str], expected: str
) -> None:
    assert expected in hint(status, message, **headers)


def test_what_github_would_accept_is_quoted() -> None:
    accepted = "issues=write; pull_requests=write"
    said = hint(404, "Not Found", x_accepted_github_permissions=accepted)
    assert accepted in said
    assert PERMISSION in said


def test_the_address_of_the_single_sign_on_is_not_told() -> None:
    assert "x=y" not in hint(403, "", x_github_sso="required; url=https://github.com/sso?x=y")


def test_what_was_wrong_with_each_part_is_told() -> None:
    data = {
        "message": "Validation Failed",
        "errors": [
            {"resource": "Issue", "field": "body", "code": "too_long"},
            {"message": "Position is invalid"},
            "Line must be part of the diff",
        ],
    }
    told = refused("suggest", PERMISSION, GithubException(422, data, {})).message
    assert "body too_long; Position is invalid; Line must be part of the diff" in told


def test_of_a_page_that_is_no_answer_nothing_is_told() -> None:
    error = GithubException(503, {"data": "<html>Unicorn</html>"}, {})
    assert refused("comment", PERMISSION, error).message == (
        "GitHub did not let the bot comment (503)."
    )
