"""Check the card for `test_gpu.py`: facts are gathered, judged and written, in that order."""
