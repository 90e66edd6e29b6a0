"""Offer, fetch, convert and take up a model that suits this computer better."""
