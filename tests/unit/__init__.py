"""Each part of the code by itself: tables of examples, and properties."""
