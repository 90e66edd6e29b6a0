"""Let our processes take turns, talk to each other, run and end."""
