"""Understand text: what it asks for, if anything. Pure: nothing is done here."""
