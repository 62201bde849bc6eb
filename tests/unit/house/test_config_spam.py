"""Which marks of our own mail server count, as the config says it."""

from mailbot.config import policy_of
from tests.unit.house.test_config import PLAIN, load


def test_the_marks_of_spam_that_count(tmp_path):
    config = load(tmp_path, PLAIN + '\n[spam]\nheaders = ["X-Own-Mark", "usual"]\nsubjects = []\n')
    marks = policy_of(config, frozenset()).spam
    assert {"x-own-mark", "x-spam-flag"} <= marks.headers
    assert marks.subjects == ()
