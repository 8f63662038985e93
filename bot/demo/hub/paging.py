"""Lists in pages, with the Link header by which a client finds the others."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from bot.demo.hub.routing import Answer, Request

DEFAULT_SIZE = 30
MAXIMUM_SIZE = 100

T = TypeVar("T")


def paged(
    request: Request,
    items: Sequence[T],
    shown: Callable[[T], Any],
    *,
    key: str | None = None,
    limit: int | None = None,
) -> Answer:
    """The page that was asked for; under `key`, beside the total, where GitHub wraps its list.

    `limit` is the most that GitHub lists at all.
    """
    visible = items[:limit]
    page = max(1, _number(request, "page", 1))
    size = min(MAXIMUM_SIZE, max(1, _number(request, "per_page", DEFAULT_SIZE)))
    body: Any = [shown(item) for item in visible[(page - 1) * size : page * size]]
    if key is not None:
        body = {"total_count": len(visible), key: body}
    last = max(1, -(-len(visible) // size))
    return Answer(200, body, _links(request, page, last))


def _number(request: Request, name: str, default: int) -> int:
    value: str = request.query.get(name, "")
    return int(value) if value.isdigit() else default


def _links(request: Request, page: int, last: int) -> dict[str, str]:
    pages: dict[str, int] = {}
    if page > 1:
        pages |= {"prev": min(page - 1, last), "first": 1}
    if page < last:
        pages |= {"next": page + 1, "last": last}
    links = [f'<{_address(request, number)}>; rel="{name}"' for name, number in pages.items()]
    return {"link": ", ".join(links)} if links else {}


def _address(request: Request, page: int) -> str:
    query = {**request.query.all, "page": str(page)}
    return f"{request.links.api}{request.path}?{urlencode(query)}"
