"""`download_whisper_modelscope.py`: models fetched, listed, verified and removed."""
