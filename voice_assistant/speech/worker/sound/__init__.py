"""Decode sound and find speech in it, before any model is asked."""
