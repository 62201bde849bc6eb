"""Each part of the house by itself: tables of examples, and properties."""
