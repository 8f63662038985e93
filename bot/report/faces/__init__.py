"""What GitHub shows beside the lines of a pull request, and beside its commit."""
