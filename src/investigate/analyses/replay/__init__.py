"""What AUC would have been without the writes of some systems, and whose share the drop is."""
