"""Every figure that the documents state is printed by a script here."""
