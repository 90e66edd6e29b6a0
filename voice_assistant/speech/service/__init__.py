"""The service's side of the speech process: start it, talk to it, end it; never meets numpy."""
