"""What counting costs, beside a bare scan of the same columns and beside pandas."""
