"""Putting a backup back: planned, agreed to, carried out whole or not at all."""
