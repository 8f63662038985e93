"""Putting a backup back: what is there, what will be lost, and what became of it."""
