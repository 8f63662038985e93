"""Statements that make one schema out of another, from the difference of two snapshots."""
