"""Whose account something is: nobody's, once the account was deleted."""

from typing import Protocol

from github import IncompletableObject

from bot.core.github.pull import GHOST


class Account(Protocol):
    @property
    def login(self) -> str: ...


def login_of(account: Account | None) -> str | None:
    """None for an account that is gone: GitHub answers with null, with an empty object, or with a
    ghost that stands for all of them."""
    if account is None:
        return None
    try:
        login = account.login
    except IncompletableObject:
        return None
    return None if not login or login.lower() == GHOST else login
