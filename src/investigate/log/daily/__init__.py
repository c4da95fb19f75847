"""A log counted by day or by hour, file by file, so that nothing need be read twice."""
