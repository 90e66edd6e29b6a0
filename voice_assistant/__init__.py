"""Local voice assistant for Open WebUI: speech to the right action, fast, under a memory cap."""

__version__ = "0.1.0"
