"""What can go wrong on the platform, each fault as an object that changes its parts."""
