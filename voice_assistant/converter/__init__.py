"""Convert a model that is here into the form another engine needs; a process of its own."""
