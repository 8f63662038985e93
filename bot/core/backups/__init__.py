"""Backups: what is known of one, what proves it, and what a target asks of it."""
