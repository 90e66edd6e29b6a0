"""Recognise speech with Whisper, whatever engine runs it."""
