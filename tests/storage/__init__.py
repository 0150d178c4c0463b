"""Where uploads lie, tested against a real server on loopback."""
