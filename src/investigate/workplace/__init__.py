"""What a person sets up to work with: the installation, a demo, notebooks of one's own."""
