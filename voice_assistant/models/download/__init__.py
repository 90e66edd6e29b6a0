"""Fetch model files from the network: in parts, from several sources, resumed, verified.

What can go wrong, and what is done about it (`tests/models/download/` has a test for each):

    a connection is cut              the rest of its span is asked for again
    a connection stalls              the same; where everything stalls, the next source is asked
    the process dies, or the power   the journal says which bytes are there; they are checked
    a source answers 403, 404, 5xx   the next source goes on with what is there
    a source has another file        seen before or at the first byte; the next source is asked
    a source ignores ranges          one connection reads from the beginning
    bytes are changed on the way     seen by the SHA-256 of the whole; all is fetched once more
    the disk is full                 said before the first byte, or when it happens; nothing is lost
    two downloads at once            the second one waits, and finds the file
"""
