"""What GitHub is told: the comment, suggestions, deployments."""
