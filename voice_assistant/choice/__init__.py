"""Choose which model to run and to fetch: one view of the computer, then pure judgement."""
