"""Prepare, check and serve with one click: the launcher behind `start.py`.

Stage 1 runs in whatever Python the user has, with the standard library only, and prepares `.venv`
(`installation`). Stage 2 is the same `start.py` run again by the Python of `.venv`: it checks the
machine and serves (`serve`), or runs the tests (`testing`).
"""
