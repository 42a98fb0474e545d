"""Where the caller is, and how sure we are."""
