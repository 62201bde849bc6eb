"""What a small model would add to the rules: invented mails from a grammar, and the measurement."""
