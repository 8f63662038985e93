"""Giving kept rows back, as SQL that runs in the transaction of a rollback."""
