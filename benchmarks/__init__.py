"""Print every figure that the documents state."""
