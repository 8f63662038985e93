"""What GitHub says and is told, as values."""
