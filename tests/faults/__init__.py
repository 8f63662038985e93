"""Faults injected into real rollouts on real servers, and what must hold after each."""
