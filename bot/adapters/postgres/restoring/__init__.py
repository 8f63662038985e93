"""Putting a backup back: into a database beside the target's, and then in its place."""
