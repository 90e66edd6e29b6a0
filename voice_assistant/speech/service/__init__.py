"""Start the speech process, talk to it and end it, from the service; never meet numpy."""
