"""The admin's rules: what they ask, how they weigh a mail, and what editing them would change."""
