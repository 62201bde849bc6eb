"""What agents ask for with `/verbs`: their lines, their arguments, and what was probably meant."""
