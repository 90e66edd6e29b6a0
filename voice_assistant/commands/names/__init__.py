"""Find what a name stands for, as written and by its sound; know no wordings."""
