"""The bare loop: fetch each mail, commit it to SQLite, submit one ready-made ack over a kept connection. No more.

Run as a process of its own, so that its time, CPU and memory are its own: one JSON object on stdout.
"""

from __future__ import annotations

import argparse
import json
import resource
import smtplib
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from imapclient import IMAPClient

ACK = (
    "From: Bench Support <support@desk.example>\r\nTo: <customer@people.example>\r\nSubject: Re: your mail\r\n"
    "Date: Mon, 02 Nov 2026 09:00:00 +0000\r\nMessage-ID: <bare.{number}@desk.example>\r\n"
    "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    "Hello,\r\n\r\nyour mail is here. A person reads it, and you hear from us today before five.\r\n\r\nSupport\r\n"
)


def run(*, imap: int, smtp: int, user: str, password: str, database: Path) -> dict[str, float]:
    """Work through the whole INBOX; how many mails, seconds, CPU seconds, and peak memory in MB."""
    with closing(sqlite3.connect(database, isolation_level=None)) as store:
        store.execute("PRAGMA journal_mode = WAL")
        store.execute("PRAGMA synchronous = FULL")
        store.execute("CREATE TABLE mail (uid INTEGER PRIMARY KEY, raw BLOB NOT NULL)")
        client = IMAPClient("127.0.0.1", imap, ssl=False, timeout=60)
        client.login(user, password)
        client.select_folder("INBOX")
        began, cpu = time.perf_counter(), time.process_time()
        with smtplib.SMTP("127.0.0.1", smtp) as server:
            server.ehlo()
            uids = client.search("ALL")
            for uid in uids:
                raw = client.fetch([uid], ["BODY.PEEK[]"])[uid][b"BODY[]"]
                store.execute("BEGIN IMMEDIATE")
                store.execute("INSERT INTO mail VALUES (?, ?)", (uid, raw))
                store.execute("COMMIT")
                server.sendmail("support@desk.example", ["customer@people.example"], ACK.format(number=uid))
            seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
        client.logout()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"mails": len(uids), "seconds": seconds, "cpu": cpu, "peak_mb": peak}


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--imap", type=int, required=True)
    parser.add_argument("--smtp", type=int, required=True)
    parser.add_argument("--user", required=True)
    parser.add_argument("--password", required=True)
    parser.add_argument("--database", type=Path, required=True)
    print(json.dumps(run(**vars(parser.parse_args()))))


if __name__ == "__main__":
    main()
