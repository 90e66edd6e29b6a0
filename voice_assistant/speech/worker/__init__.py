"""What runs in the speech process: from bytes to a `Transcript`."""
