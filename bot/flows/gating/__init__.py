"""The facts that the gates of a target ask for, each gathered where it is known."""
