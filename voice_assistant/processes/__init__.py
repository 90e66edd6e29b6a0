"""How our processes take turns, talk to each other, are run and end."""
