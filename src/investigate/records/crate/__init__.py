"""A record described as others describe theirs: an RO-Crate 1.1, of a process that was run."""
