"""Tell what this computer has: its cards, who uses them, and the torch they need."""
