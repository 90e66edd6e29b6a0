"""Every figure that the README states is printed by a script here."""
