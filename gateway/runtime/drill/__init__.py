"""The training (演练) at work: a simulated exchange, runs on the clock, what the trainer does."""
