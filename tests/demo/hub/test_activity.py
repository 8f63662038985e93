"""Who pushed what, as the repository remembers it."""

import json
from urllib.request import Request, urlopen

from bot.demo.hub import Hub
from tests.hub import EVERYTHING, SHOP


def asked(hub: Hub, query: str) -> tuple[list[dict[str, object]], str]:
    token = hub.token(permissions=EVERYTHING)
    address = f"{hub.api_url}/repos/{SHOP}/activity?{query}"
    with urlopen(Request(address, headers={"authorization": f"token {token}"})) as answer:
        return json.loads(answer.read()), answer.headers.get("link") or ""


def test_pushes_are_told_newest_first_by_who_pushed_them(hub: Hub) -> None:
    hub.push(SHOP, "topic", {"a": "1"}, author="ada")
    hub.push(SHOP, "topic", {"a": "2"}, author="mia")
    hub.push(SHOP, "topic", {"a": "3"}, author="ada", replace=True)
    hub.push(SHOP, "other", {"a": "4"}, author="mia")
    told, link = asked(hub, "ref=refs/heads/topic")

    assert [each["activity_type"] for each in told] == ["force_push", "push", "branch_creation"]
    assert [each["actor"]["login"] for each in told] == ["ada", "mia", "ada"]  # type: ignore[index]
    assert told[0]["after"] == hub.repository(SHOP).head_of("topic")
    assert link == ""


def test_pages_follow_a_cursor(hub: Hub) -> None:
    for number in range(3):
        hub.push(SHOP, "topic", {"a": str(number)}, author="ada")
    first, link = asked(hub, "per_page=2")
    second, end = asked(hub, "per_page=2&after=2")

    assert (len(first), len(second)) == (2, 1)
    assert 'rel="next"' in link
    assert end == ""
