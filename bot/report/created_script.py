"""The text of a new migration: what it is for, then its SQL."""

from bot.report.escape import one_line

PURPOSE = "-- Purpose: "


def script_of(sql: str, *, purpose: str = "") -> str:
    """On one line, whatever was typed: a comment ends where its line does."""
    said = one_line(purpose)
    return f"{PURPOSE}{said}\n\n{sql}" if said else sql
