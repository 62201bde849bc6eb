"""The workshop on the terminal: rules checked, tested, explained, tried on the past and learnt; letters looked at."""

import importlib.util
import json
import mailbox
import random
import re
import shutil

import pytest

from mailbot.adapters.live import Faults
from mailbot.adapters.site import make_secret
from mailbot.app import letters
from mailbot.app.desk import Desk
from mailbot.config import load_config
from tests.simulation.simulated_desk import MARA, mail, minutes
from tests.thorough import THOROUGH
from tests.unit.house.conftest import COLOUR, REFUND

pytestmark = pytest.mark.slow

WIDGETS = (
    '[[rule]]\nid = "widgets"\nwhy = "Widgets."\n[rule.when]\ntext = "widget*"\n[rule.then]\nscore = {{ p1 = {} }}\n'
)


@pytest.fixture
def draft(site, tmp_path):
    """Edited rules beside those of the desk: widgets weigh 99 points for 1."""
    shutil.copytree(site / "rules", tmp_path / "draft")
    (tmp_path / "draft" / "05-widgets.toml").write_text(WIDGETS.format(99), "utf-8")
    return tmp_path / "draft"


def test_check_names_every_mistake_and_exits_with_2(call, site):
    code, out, err = call("rules", "check", "--site", site)
    assert (code, out) == (0, "")
    assert "nothing wrong" in err
    (site / "rules" / "05-a.toml").write_text('[[rule]]\nid = "a"\n[rule.whne]\n', "utf-8")
    (site / "rules" / "06-b.toml").write_text("half", "utf-8")
    code, out, _ = call("rules", "check", "--site", site)
    assert code == 2
    assert "05-a.toml:3:1: unknown key `whne`; did you mean `when`?" in out
    assert "06-b.toml:1:5: is no valid TOML" in out
    code, out, _ = call("rules", "check", "--site", site, "--json")
    told = json.loads(out)
    assert (code, told["ok"]) == (2, False)
    assert {"file", "line", "column", "message"} == set(told["problems"][0])


def test_check_names_what_can_never_matter_though_the_desk_would_run(call, site):
    same = '[[rule]]\nid = "{}"\n[rule.when]\ntext = "x1"\n[rule.then]\npriority = 1\n'
    (site / "rules" / "05-a.toml").write_text(same.format("a") + same.format("b"), "utf-8")
    code, out, _ = call("rules", "check", "--site", site)
    assert code == 2
    assert out.startswith("05-a.toml:7:1: rule `b` can never matter: rule `a` (05-a.toml:1) hits whenever it does")
    assert call("rules", "test", "--site", site)[0] == 0


def test_tests_are_run_and_exit_with_1(call, site):
    code, _, err = call("rules", "test", "--site", site)
    assert code == 0
    assert "tests passed" in err
    (site / "rules" / "tests").mkdir(exist_ok=True)
    (site / "rules" / "tests" / "own.toml").write_text('[[test]]\ntext = "Refund me"\npriority = 5\n', "utf-8")
    code, out, err = call("rules", "test", "--site", site)
    assert code == 1
    assert "tests/own.toml:1:1: test: priority 5 was expected, it is 2, money" in out
    assert "1 of " in err


def test_a_folder_that_is_not_there(call, tmp_path):
    code, _, err = call("rules", "check", "--rules", tmp_path / "none")
    assert code == 2
    assert "no such folder" in err


@pytest.mark.slow
def test_explain_a_file_and_a_ticket(call, site, tmp_path, desk):
    file = tmp_path / "one.eml"
    file.write_bytes(mail("Ada <ada@customer.example>", REFUND, at=desk.clock.now()))
    code, out, _ = call("rules", "explain", file, "--site", site)
    assert code == 0
    assert "refund (20-money.toml:" in out
    assert "the sum: 2 has" in out
    code, out, _ = call("rules", "explain", 2, "--site", site, "--json")
    told = json.loads(out)
    assert (told["target"], told["priority"], told["priority_now"]) == ("#2", 4, 3)
    assert [(o["by"], o["change"]) for o in told["overrides"]] == [
        ("mara", {"code": "event.priority.set", "args": {"old": "4", "new": "3"}, "words": "4 → 3"})
    ]
    assert any(hit["rule"] == "how" and hit["words"] for hit in told["hits"])
    assert (told["article"], told["category"], told["instead"]) == (None, "question", [])
    code, out, _ = call("rules", "explain", "#2", "--site", site)
    assert "mara set it by hand: 4 → 3 (2026-03-02 09:00 CET)" in out
    for wrong, said in (("99", "no ticket 99"), ("nothing", "neither a file nor")):
        code, _, err = call("rules", "explain", wrong, "--site", site)
        assert code == 2
        assert said in err


def test_why_by_mail_is_the_same_text_and_the_notice_has_its_first_line(call, site, desk):
    desk.receive(mail("Cy <cy@customer.example>", "The widgets look crashy to Cy.", at=desk.clock.now()))
    notice = desk.last("new", "mara")
    number = notice.outgoing.ticket
    for asked in ("/p 2\n", "/why\n"):
        desk.receive(mail(MARA.addresses[0], asked, at=desk.clock.now(), to=notice.reply_to))
    _, out, _ = call("rules", "explain", number, "--site", site)
    told = [line.strip() for line in out.splitlines()[1:]]
    assert any(line.startswith("nearly: ") for line in told)
    assert any(line.startswith("mara set it by hand: ") for line in told)
    answer = " ".join(desk.last("answer", "mara").text.split())
    for line in told:  # a moment is told otherwise in a mail than on a terminal
        assert " ".join(line.partition(" (2026-")[0].split()) in answer
    assert told[0].partition(": ")[2] in " ".join(notice.text.split())


def test_backtest_edited_rules_on_the_stored_mails(call, site, draft):
    code, out, err = call("rules", "backtest", "--site", site, "--rules", draft)
    assert code == 0
    assert "1 of 2 mails would get another priority" in out
    assert "#2  4 → 1  Widgets" in out
    assert "hits +widgets" in out
    assert "2 mails in" in err
    code, out, _ = call("rules", "backtest", "--site", site, "--rules", draft, "--json")
    changed, total = map(json.loads, out.splitlines())
    assert (changed["mail"], changed["old"], changed["new"], changed["came"]) == ("#2", 4, 1, ["widgets"])
    assert (total["mails"], total["changed"], total["matrix"][3][0], total["matrix"][1][1]) == (2, 1, 1, 1)


def test_backtest_without_a_draft_stands_beside_what_was_decided(call, site):
    assert "0 of 2 mails" in call("rules", "backtest", "--site", site)[1]
    (site / "rules" / "05-widgets.toml").write_text(WIDGETS.format(99), "utf-8")
    out = call("rules", "backtest", "--site", site)[1]
    assert "old: as decided when it came" in out
    assert "1 of 2 mails" in out
    code, out, _ = call("rules", "backtest", "--site", site, "--since", "1h")
    assert (code, "0 of 0 mails" in out) == (0, True)
    code, _, err = call("rules", "backtest", "--site", site, "--since", "later")
    assert (code, "--since: must be a length of time" in err) == (2, True)


def test_backtest_against_a_folder_and_an_mbox(call, site, draft, tmp_path, desk):
    mails = [
        mail("Ada <ada@customer.example>", COLOUR, at=desk.clock.now()),
        mail("Ada <ada@customer.example>", REFUND, at=desk.clock.now()),
        mail("Ada <ada@customer.example>", "I am away.", at=desk.clock.now(), Auto_Submitted="auto-replied"),
    ]
    box = mailbox.mbox(tmp_path / "box.mbox")
    (tmp_path / "mails").mkdir()
    for number, raw in enumerate(mails):
        box.add(raw)
        (tmp_path / "mails" / f"{number}.eml").write_bytes(raw)
    box.close()
    for path in (tmp_path / "box.mbox", tmp_path / "mails"):
        code, out, _ = call("rules", "backtest", "--site", site, "--rules", draft, "--against", path)
        assert code == 0
        assert "1 of 2 mails would get another priority" in out


def test_backtest_reads_the_headers_that_a_new_rule_asks_for(call, site, draft, desk):
    desk.receive(mail("Cy <cy@customer.example>", "It is me.", at=desk.clock.now(), X_Shop_Event="signup"))
    rule = '[[rule]]\nid = "shop"\n[rule.when]\nheader = { "X-Shop-Event" = "signup" }\n[rule.then]\npriority = 5\n'
    (draft / "05-widgets.toml").write_text(rule, "utf-8")
    out = call("rules", "backtest", "--site", site, "--rules", draft)[1]
    assert "#3  3 → 5" in out


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("sklearn") is None, reason="no scikit-learn: pip install '.[learn]'")
def test_learn_proposes_words_that_help_and_changes_nothing(call, site, desk):
    def of(names):
        return [f"Our {name} needs a look, it is {name} number {n}." for n, name in enumerate(names * 8)]

    for level, texts in ((1, of(["turbine", "gearbox"])), (5, of(["brochure", "leaflet"]))):
        for n, said in enumerate(texts):
            desk.clock.at += minutes(1)  # apart, and of many houses: no flood
            desk.receive(mail(f"c@shop{level}{n}.example", said, at=desk.clock.now(), subject="Hello"))
            desk.receive(
                mail(MARA.addresses[0], f"/p {level}\n", at=desk.clock.now(), to=desk.last("new", "mara").reply_to)
            )
    before = sorted((p.name, p.read_bytes()) for p in (site / "rules").glob("*.toml"))
    code, out, err = call("rules", "learn", "--site", site)
    assert code == 0
    assert 'id = "learned-p1"' in out
    assert '"turbine",' in out
    assert "Nothing was changed" in err
    assert sorted((p.name, p.read_bytes()) for p in (site / "rules").glob("*.toml")) == before
    told = json.loads(call("rules", "learn", "--site", site, "--json")[1])
    assert told["after"] > told["before"]
    (site / "rules" / "90-learned.toml").write_text(out, "utf-8")
    assert call("rules", "check", "--site", site)[0] == 0


def test_coverage_says_who_carried_what_and_where_agents_said_otherwise(call, site, desk):
    desk.receive(mail("Cy <cy@customer.example>", "Zxq vbn.", at=desk.clock.now(), subject="Mqr"))
    code, out, err = call("rules", "coverage", "--site", site, "--since", "9999d")
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert code == 0
    assert lines[:5] == [
        "of mails of all unsure helped set otherwise to",
        "all 3 100 % 1 – 1 1 3: 1",
        "priority 2 1 33 % – – – – –",
        "priority 4 1 33 % – – 1 1 3: 1",
        "unsure 1 33 % 1 – – – –",
    ]
    assert "rule refund 1 33 % – – – – –" in lines
    assert "set: by agents" in err
    told = list(
        map(json.loads, call("rules", "coverage", "--site", site, "--since", "9999d", "--json")[1].splitlines())
    )
    whole = {"of": "all", "which": "", "mails": 3, "unsure": 1, "helped": 0, "set": 1, "otherwise": 1}
    assert told[0] == whole | {"became": {"3": 1}}
    code, out, err = call("rules", "coverage", "--site", site, "--since", "1s")
    assert (code, out, "no mail opened a ticket" in err) == (0, "", True)
    assert call("rules", "coverage", "--site", site, "--since", "soon")[0] == 2


def test_learn_says_when_there_is_too_little(call, site):
    code, _, err = call("rules", "learn", "--site", site)
    assert code == 2
    assert "agents set the priority of 1 tickets by hand" in err


@pytest.mark.slow
def test_letters_are_checked_and_shown(call, site, tmp_path):
    code, _, err = call("templates", "check", "--site", site)
    assert (code, "nothing wrong" in err) == (0, True)
    code, out, _ = call("templates", "preview", "ack", "--lang", "de")
    assert (code, "Guten Tag" in out) == (0, True)
    page = tmp_path / "ack.html"
    code, out, err = call("templates", "preview", "ack", "--site", site, "--ticket", 1, "--html", page)
    assert code == 0
    assert "charged twice" in out
    assert "Ada" in out
    assert "<html" in page.read_text("utf-8")
    assert json.loads(call("templates", "preview", "new", "--site", site, "--ticket", 1, "--json")[1])["subject"]
    (site / "templates" / "en").mkdir(parents=True)
    (site / "templates" / "en" / "ack.txt.j2").write_text("Dear {{ custmer }}", "utf-8")
    code, out, _ = call("templates", "check", "--site", site)
    assert code == 2
    assert "'custmer' is not a field of ack" in out


@pytest.mark.slow
def test_all_letters_are_laid_out_as_one_page(call, site, tmp_path):
    own = site / "templates" / "en"
    own.mkdir(parents=True)
    (own / "_foot.txt.j2").write_text("\n-- \n</script><b>{{ brand }}", "utf-8")
    folder = tmp_path / "look" / "here"
    code, out, err = call("templates", "preview", "--all", "--html", folder, "--lang", "en", "--site", site)
    assert (code, out) == (0, "")
    page = (folder / "index.html").read_text("utf-8")
    wanted = {f"{name}-en-{nth}" for name, samples in letters.SAMPLES.items() for nth in range(len(samples))}
    assert f"{len(wanted)} letters are in {folder / 'index.html'}" in err
    assert set(re.findall(r'data-page="([^"]+)"', page)) == wanted
    assert page.count("</script>") == 1
    pages = json.loads(re.search(r"const PAGES = (\{.*\});\n", page)[1])
    assert pages.keys() == wanted
    assert "&lt;/script&gt;&lt;b&gt;Example Support" in pages["ack-en-0"]


@pytest.mark.parametrize(
    "args", [("--all",), ("ack", "--all", "--html", "x"), ("--all", "--html", "x", "--ticket", 1), ()]
)
def test_it_is_one_letter_or_all(call, args):
    code, _, err = call("templates", "preview", *args)
    assert (code, "--all" in err) == (2, True)


def test_a_new_language_is_laid_out_to_be_translated(call, site, tmp_path):
    code, out, err = call("templates", "new", "fi", "--site", site)
    assert (code, "fi is used when nothing is" in err) == (0, True)
    assert str(site / "templates" / "fi" / "ack.txt.j2") in out
    code, out, _ = call("templates", "check", "--site", site)
    assert code == 2
    assert "still in English: Thanks for choosing us." in out
    assert "already exists" in call("templates", "new", "fi", "--site", site)[2]
    assert "no desk's folder" in call("templates", "new", "fi", "--site", tmp_path / "elsewhere")[2]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("ackk",), "did you mean ack?"),
        (("ack", "--lang", "xx"), "not complete in xx"),
        (("ack", "--ticket", "77"), "no ticket 77"),
    ],
)
def test_letters_that_cannot_be_shown(call, site, args, said):
    code, _, err = call("templates", "preview", *args, "--site", site)
    assert code == 2
    assert said in err


@pytest.mark.slow
def test_every_letter_can_be_shown_with_a_ticket(site):
    for name in letters.NAMES if THOROUGH else random.sample(sorted(letters.NAMES), 6):
        rendered = letters.preview(name, site, language="en", ticket=1)
        assert rendered.text.strip()


@pytest.mark.slow
def test_the_admins_get_one_mail_about_a_change_that_is_not_in_force(site):
    make_secret(site / "storage" / "secret")
    desk = Desk(load_config(site))
    try:
        for _ in range(2):
            desk._tell_admins(Faults(files=("10-a.toml",), problems=("10-a.toml:1:1: wrong",)))
        rows = [row for row in desk.store.ready(desk.clock.now(), 50) if row.outgoing.name == "trouble"]
        assert [row.outgoing.to.address for row in rows] == ["mara@harbour.example"]
        assert "10-a.toml:1:1: wrong" in rows[0].outgoing.fields["advice"]["args"]["problems"]
    finally:
        desk.close()
