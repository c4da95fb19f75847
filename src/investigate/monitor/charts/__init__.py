"""Sequential charts: pure arithmetic on series of values with their sampling errors."""
