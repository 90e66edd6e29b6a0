"""Recognise, decide and act: the heart of the service, without HTTP and without sentences."""
