"""Resets: what is seen before one, and what keeps it from being done."""
