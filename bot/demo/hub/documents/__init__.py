"""What the hub knows, in the shapes of GitHub's answers."""

import base64
from datetime import datetime
from typing import Any

Document = dict[str, Any]


def moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def moment_or_none(at: datetime | None) -> str | None:
    return None if at is None else moment(at)


def node_id(kind: str, number: object) -> str:
    return base64.b64encode(f"{kind}{number}".encode()).decode()
