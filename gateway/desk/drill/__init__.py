"""Training (演练): invented calls for a trainee, and how what was done with them is marked; pure."""
