"""Recognise the ways in which something is asked for; know no names."""
