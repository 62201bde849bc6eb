"""When the next word is due: business time, the schedule of a promise, and who is owed nothing."""
