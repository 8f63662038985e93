"""The schema that a history builds, in memory."""
