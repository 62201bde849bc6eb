"""What an outgoing mail needs besides its words: safe headers, limits on how many go, what refusals mean, retries."""
