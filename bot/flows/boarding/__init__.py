"""Gathering a board: what each of its parts asks, and what is said where nobody answers."""
