"""Kept rows on a server: looked for, taken with the statement that destroys them, listed, given
back, pruned."""
