"""What GitHub's code scanning knows a line by, when it tells an old alert from a new one.

GitHub's upload action computes the same from the file and warns of any other value, so it has to
be its very formula: a hash, in 64 bits, of the first hundred UTF-16 units from the line's start on,
without blanks, and a number that counts the lines whose hash is the same.
"""

import re
from collections import Counter
from functools import lru_cache

_BLOCK = 100
_FACTOR = 37
_WORD = (1 << 64) - 1
_END_OF_FILE = 0xFFFF
_BLANK = re.compile("[ \t]+")
_LINE_END = re.compile("\r\n?")


@lru_cache(maxsize=2)
def line_hashes(text: str) -> tuple[str, ...]:
    """One for each line. Kept for the next finding, which is likely about the same file."""
    lines = _BLANK.sub("", _LINE_END.sub("\n", text)).split("\n")
    lengths = [len(_units(line)) + 1 for line in lines]
    units = [*_units("\n".join(lines)), _END_OF_FILE, *[0] * _BLOCK]
    seen: Counter[str] = Counter()
    hashes: list[str] = []
    start = 0
    for length in lengths:
        value = _hash(units[start : start + _BLOCK])
        seen[value] += 1
        hashes.append(f"{value}:{seen[value]}")
        start += length
    return tuple(hashes)


def _hash(units: list[int]) -> str:
    value = 0
    for unit in units:
        value = (value * _FACTOR + unit) & _WORD
    return f"{value:x}"


def _units(text: str) -> list[int]:
    encoded = text.encode("utf-16-le", "surrogatepass")
    return [low | high << 8 for low, high in zip(encoded[::2], encoded[1::2], strict=True)]
