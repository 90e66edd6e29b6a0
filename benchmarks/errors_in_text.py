"""Count how far a text is from what was said."""

from __future__ import annotations


def character_errors(said: str, written: str) -> int:
    """Return the fewest characters to insert, delete or change (Levenshtein's distance)."""
    row = list(range(len(written) + 1))
    for count, one in enumerate(said, 1):
        before, row[0] = row[:], count
        for place, other in enumerate(written, 1):
            row[place] = min(
                before[place] + 1, row[place - 1] + 1, before[place - 1] + (one != other)
            )
    return row[-1]
