"""`intake110 check`: is this deployment able to take calls? One file a family of checks, one line a finding.

What can be tried is tried on the real thing (a live tap of one second, a message on each topic, a
recording); the
sentence of a line says what was proved and what was not. Like `app.py` this package knows the concrete
adapters.
"""
