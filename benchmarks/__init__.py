"""What is measured rather than tested; run in the checkout by ``python -m benchmarks.NAME``."""
