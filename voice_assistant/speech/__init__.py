"""Everything that touches audio or Whisper; runs in the speech process."""
