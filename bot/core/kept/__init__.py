"""Kept rows: what a migration destroys and the target keeps for a while, so that it can be given
back."""
