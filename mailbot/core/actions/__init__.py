"""What follows from a mail or from the clock: each module makes the decision for one kind of cause."""
