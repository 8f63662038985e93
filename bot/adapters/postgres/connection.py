"""Connections to PostgreSQL, and one translation of what can go wrong with them."""

from typing import Any

import psycopg


def connect(url: str, *, application_name: str) -> "psycopg.Connection[Any]":
    return psycopg.connect(url, application_name=application_name, autocommit=True)
