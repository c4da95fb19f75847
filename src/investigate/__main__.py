"""``python -m investigate`` is the command ``investigate``."""

from investigate.cli import main

if __name__ == "__main__":
    main()
