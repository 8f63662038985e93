"""Asking a real database something, and waiting until something holds."""

import time
from collections.abc import Callable
from typing import Any

import psycopg

PATIENCE = 60.0


def ask(url: str, query: str) -> list[tuple[Any, ...]]:
    """In a session of its own, which has ended afterwards; a statement without rows gives none."""
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(query.encode())
        return cursor.fetchall() if cursor.description else []


def wait_until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)
