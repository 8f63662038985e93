"""age: backups encrypted for public keys, so that no machine that makes one can read it."""
