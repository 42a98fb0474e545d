"""One call's life: a state, what happened to it, what is owed for it. Pure."""
