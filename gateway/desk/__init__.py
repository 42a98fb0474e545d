"""What the desk sees of a call: the card, the board, the hall. Projections, pure."""
