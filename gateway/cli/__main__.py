"""`python -m gateway.cli`: the same as `intake110`."""

from gateway.cli import main

if __name__ == "__main__":
    main()
