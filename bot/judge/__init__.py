"""What statements do to a schema that is replayed in memory, and what the rules say about it."""
