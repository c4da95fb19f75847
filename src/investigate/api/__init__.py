"""What `import investigate` offers to notebooks and programs, but runs and records."""
