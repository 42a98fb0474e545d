"""The loop: signals in, one commit, what is owed performed, the outbox published. Knows ports only, no
adapter."""
