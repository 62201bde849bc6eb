"""Old mail is made findable bit by bit, and a stop, a store that is down or a fault ends nothing but that."""

import threading

from mailbot.errors import StoreDown
from mailbot.loops import old_words
from mailbot.loops.old_words import OldWords


class Index:
    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = 0

    def fill_search(self, limit):
        self.asked += 1
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def test_it_goes_on_until_nothing_is_left_though_the_store_is_down_meanwhile(monkeypatch):
    monkeypatch.setattr(old_words, "STORE_SECONDS", 0.0)
    index = Index(200, StoreDown("away"), 100, 0)
    OldWords(index).run()
    assert index.answers == []


def test_it_stops_when_it_is_told_to():
    index = Index(*range(1000, 0, -1))
    filler = OldWords(index)
    index.fill_search = lambda _: filler.stop() or 5
    thread = threading.Thread(target=filler.run)
    thread.start()
    thread.join(30)
    assert not thread.is_alive()


def test_a_fault_of_its_own_ends_it_with_a_line_in_the_log():
    index = Index(ValueError("odd"), 5)
    OldWords(index).run()
    assert index.asked == 1
