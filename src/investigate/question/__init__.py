"""The question: what is compared, in which log, by which columns; read from YAML and checked."""
