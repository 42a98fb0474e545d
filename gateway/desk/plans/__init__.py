"""Response plans (预案): what is known of them, when one is suggested, and the runs that people start."""
