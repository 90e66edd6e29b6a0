"""Local voice assistant for Open WebUI: speech to the right action, fast, under a memory cap."""

from __future__ import annotations

from pathlib import Path

__version__ = "0.2.0"

ROOT = Path(__file__).resolve().parent.parent
"""The folder of the checkout, where `start.py`, `models/` and the user's own files are."""
