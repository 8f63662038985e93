"""What became of something, in a sign and a word: nobody has to tell colours apart."""

SIGNS = {"added": "+", "removed": "−", "changed": "~", "": ""}


def tinted(change: str) -> str:
    """The class of a background for it; "" for none."""
    return f"tint-{change}" if change else ""
