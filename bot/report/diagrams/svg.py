"""The parts that every picture is made of: one self-contained SVG, no script, no font, no address
but its own."""

import hashlib
import html
import unicodedata
from collections.abc import Iterable

from bot.report.diagrams.style import STYLE
from bot.report.escape import one_line
from bot.report.terminal.source import cells

# How wide a letter is, as a share of its size: of the fonts with fixed widths, and on average of
# the others, where names are mostly of small letters.
MONO, SANS = 0.602, 0.53


def safe(text: str) -> str:
    """Text as XML may hold it: on one line, what cannot be seen by its number."""
    known = one_line(text).encode("utf-8", "replace").decode()
    return html.escape("".join("\ufffd" if _unknown(each) else each for each in known))


def fitted(text: str, room: float, size: float, *, share: float = MONO) -> str:
    """As much of a text as there is room for, not yet made safe; an ellipsis for the rest."""
    known, most = one_line(text), int(room / (size * share))
    if cells(known) <= most:
        return known
    while known and cells(known) > most - 1:
        known = known[:-1]
    return f"{known.rstrip()}…"


def wrapped(text: str, room: float, size: float, *, share: float = MONO) -> list[str]:
    """In lines, none longer than there is room for."""
    lines = [""]
    for word in one_line(text).split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and width_of(longer, size, share=share) > room:
            lines.append(fitted(word, room, size, share=share))
        else:
            lines[-1] = longer if lines[-1] else fitted(word, room, size, share=share)
    return lines


def width_of(text: str, size: float, *, share: float = MONO) -> float:
    return cells(one_line(text)) * size * share


def say(
    x: float, y: float, text: str, style: str = "", *, anchor: str = "", whole: str = ""
) -> str:
    """A text. `whole` is what it says in full, where it was cut."""
    marks = f' class="{style}"' if style else ""
    marks += f' text-anchor="{anchor}"' if anchor else ""
    more = f"<title>{safe(whole)}</title>" if whole and one_line(whole) != text else ""
    return f'<text x="{number(x)}" y="{number(y)}"{marks}>{more}{safe(text)}</text>'


def rect(
    x: float,
    y: float,
    width: float,
    height: float,
    style: str,
    *,
    round_: float = 0,
    title: str = "",
) -> str:
    """A rectangle, and what it means, if that is worth a word."""
    corners = f' rx="{number(round_)}"' if round_ else ""
    where = f'x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(height)}"'
    end = f"><title>{safe(title)}</title></rect>" if title else "/>"
    return f'<rect class="{style}" {where}{corners}{end}'


def path(points: str, style: str) -> str:
    return f'<path class="{style}" d="{points}"/>'


def number(value: float) -> str:
    """With one digit, where it has one."""
    return f"{value:.1f}".removesuffix(".0").replace("-0.0", "0") or "0"


def document(
    *,
    kind: str,
    title: str,
    described: str,
    width: float,
    height: float,
    parts: Iterable[str],
    least: float = 0.0,
) -> str:
    """The whole picture. It is never drawn smaller than `least` times its size, so that its letters
    can still be read, and never larger than its size."""
    body = "\n".join(parts)
    key = hashlib.sha256(f"{kind}\n{title}\n{body}".encode("utf-8", "replace")).hexdigest()[:12]
    w, h = number(width), number(height)
    bounds = f"min-width:{number(width * least)}px;max-width:{w}px"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="dg dg-{kind}" role="img" '
        f'viewBox="0 0 {w} {h}" width="{w}" height="{h}" style="{bounds}" '
        f'aria-labelledby="dg-{key}-t" aria-describedby="dg-{key}-d">\n'
        f'<title id="dg-{key}-t">{safe(title)}</title>\n'
        f'<desc id="dg-{key}-d">{safe(described)}</desc>\n'
        f"<style>{STYLE}</style>\n"
        f'<rect class="page" width="{w}" height="{h}"/>\n{body}\n</svg>\n'
    )


def _unknown(character: str) -> bool:
    return unicodedata.category(character) in ("Cn", "Cs") or ord(character) in (0xFFFE, 0xFFFF)
