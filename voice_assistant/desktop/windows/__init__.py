"""The Windows desktop."""
