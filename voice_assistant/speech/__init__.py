"""Hold what crosses the border between the service and the speech process."""
