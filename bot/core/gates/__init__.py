"""The gates of a rollout, one module each: facts in, an open or closed Gate with its reason out."""
