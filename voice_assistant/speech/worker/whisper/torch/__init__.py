"""Run Whisper on torch: the same code on a card and on the CPU."""
