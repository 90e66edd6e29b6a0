"""Convert a model that is here into the form that another engine needs, in its own process."""
