"""The heart of the service, without HTTP and without sentences."""
