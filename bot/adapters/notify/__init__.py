"""Chat rooms and webhooks: an address, one POST, and never a second."""
