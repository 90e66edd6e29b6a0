"""Turn recordings into transcripts, in the speech process."""
