"""How far something is that one waits for, in words."""

from datetime import timedelta

from bot.core.duration import age

# What took less says nothing of the rest.
_KNOWN_AFTER = 2.0


def waited(text: str, seconds: float, *, done: int = 0, of: int = 0) -> str:
    """`asking 12 tenants: 5 of 12, 7 s, about 10 s left`; without a count only how long it has
    been. What is left is reckoned from what is done, as if all were alike."""
    since = age(timedelta(seconds=seconds))
    if not of:
        return f"{text}, {since}"
    said = f"{text}: {done:,} of {of:,}, {since}"
    if not done or done >= of or seconds < _KNOWN_AFTER:
        return said
    left = max(seconds / done * (of - done), 1.0)
    return f"{said}, about {age(timedelta(seconds=left))} left"
