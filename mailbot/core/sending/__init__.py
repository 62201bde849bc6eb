"""What a mail that leaves needs beside its words: safe headers, moments as words, links, limits, retries."""
