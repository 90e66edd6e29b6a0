"""Fetch, list, verify and remove models: `download_whisper_modelscope.py`."""
