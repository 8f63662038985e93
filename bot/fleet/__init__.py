"""Deciding how a fleet is gone through: its waves, whose turn it is, what a failure means.

Nothing here runs anything, and nothing here knows the time: `flows/fleets/` does what it says.
"""
