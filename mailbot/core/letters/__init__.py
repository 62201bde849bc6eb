"""What a letter is made of: its facts, its words, its header values, its links and files, and its bytes."""
