"""How a receiver knows that a message is ours, and new: HMAC-SHA256 over time and body."""

import hashlib
import hmac

SIGNATURE_HEADER = "x-migration-bot-signature-256"
TIMESTAMP_HEADER = "x-migration-bot-timestamp"


def signature_of(secret: str, *, timestamp: str, body: bytes) -> str:
    """As GitHub writes its own: `sha256=` and 64 hex digits."""
    signed = timestamp.encode() + b"." + body
    return "sha256=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
