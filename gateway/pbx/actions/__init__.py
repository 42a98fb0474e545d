"""What the world owes a call, in AMI's words: effect in, action out. One file a family."""
