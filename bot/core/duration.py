"""How long something took, and how long ago it was, in words."""

from datetime import timedelta


def duration(seconds: float) -> str:
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def age(span: timedelta) -> str:
    """`2 h 4 min`, `3 d 2 h`, `12 s`: the two greatest units."""
    left, said = max(int(span.total_seconds()), 0), []
    for unit, seconds in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        number, left = divmod(left, seconds)
        if number:
            said.append(f"{number} {unit}")
    return " ".join(said[:2]) or "0 s"
