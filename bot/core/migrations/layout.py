"""An example that is files rather than SQL: what the base has, and what the branch makes of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import unified_diff


@dataclass(frozen=True)
class Layout:
    """Texts by path, relative to the folder that the migrations folder lies in."""

    head: Mapping[str, str]
    base: Mapping[str, str]

    def __str__(self) -> str:
        """What the branch changes, as git would show it."""
        paths = sorted({*self.head, *self.base})
        parts = [line for path in paths for line in self._changes(path)]
        return "\n".join(parts) or "(the branch changes nothing)"

    def _changes(self, path: str) -> Iterator[str]:
        before, after = self.base.get(path), self.head.get(path)
        if before == after:
            return
        what = "new" if before is None else "deleted" if after is None else "changed"
        old, new = ((text or "").splitlines() for text in (before, after))
        lines = list(unified_diff(old, new, lineterm="", n=9))[2:]
        yield f"{what}: {path}" if lines else f"{what}: {path} (in its line ends)"
        yield from (line for line in lines if not line.startswith("@@"))
