"""Act on the Windows desktop."""
