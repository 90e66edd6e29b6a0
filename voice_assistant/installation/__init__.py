"""Prepare the environment in `.venv`; runs in any Python, with the standard library only."""
