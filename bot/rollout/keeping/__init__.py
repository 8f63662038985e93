"""Keeping what a migration destroys: in the same transaction, so that there is both or neither.

`keeper.py` decides what is kept and weaves it around the statements, `weaving.py` knows which of
the texts is whose, `retention.py` deletes what has had its time.
"""
