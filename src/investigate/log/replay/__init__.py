"""The difficulty history: the value in force for a row, and what others would have made of it."""
