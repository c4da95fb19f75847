"""``python -m benchmarks.incidents``."""

from benchmarks.incidents.command import app

if __name__ == "__main__":
    app()
