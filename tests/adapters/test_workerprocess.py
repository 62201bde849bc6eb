"""The second process speaks and is spoken to, ends when it is dismissed, and is killed when it does not."""

from __future__ import annotations

import sys
import threading

import pytest

from mailbot.adapters.workerprocess import WorkerProcess

ECHO = "import os\nos.write(1, b'.')\nwhile os.read(0, 4096):\n    os.write(1, b'd')\n"
DEAF = "import os, time\nos.write(1, b'.')\ntime.sleep(60)\n"


@pytest.fixture
def made():
    workers = []

    def make(program):
        heard, ended = threading.Event(), threading.Event()
        words = []

        def on_word(word):
            words.append(word)
            heard.set()

        worker = WorkerProcess([sys.executable, "-c", program], on_word=on_word, on_end=ended.set)
        workers.append(worker)
        return worker, words, heard, ended

    yield make
    for worker in workers:
        worker.end(0)


def test_it_is_woken_and_ends_when_dismissed(made):
    worker, words, heard, ended = made(ECHO)
    assert not worker.lives()
    assert not worker.wake()
    worker.start()
    assert heard.wait(20)
    assert worker.lives()
    assert worker.heard_within(20)
    heard.clear()
    assert worker.wake()
    assert heard.wait(20)
    assert b"d" in b"".join(words)
    worker.dismiss()
    assert ended.wait(20)
    assert not worker.lives()
    assert not worker.wake()
    assert not worker.heard_within(20)


def test_one_that_does_not_listen_is_killed(made):
    worker, _, heard, ended = made(DEAF)
    worker.start()
    assert heard.wait(20)
    worker.end(0.05)
    assert not worker.lives()
    assert ended.wait(20)


def test_one_that_fails_at_once_is_not_started_again_and_again(made):
    worker, words, _, ended = made("raise SystemExit(1)")
    worker.start()
    assert ended.wait(20)
    worker.start()
    assert not worker.lives()
    assert words == []
