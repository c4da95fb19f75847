"""The difficulty history: which value stood for each row, and what others would have made of it."""
