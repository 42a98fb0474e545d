"""Shipped fakes, one per port, and the laboratory:
for tests, demonstrations and people who build on the gateway."""
