"""`mailbot customer`: what is known of an address, and tags that rules ask for from the next mail on."""

import json
import shutil
from dataclasses import replace

import pytest

from mailbot.adapters.rulefiles.load import load_rules
from mailbot.adapters.site import data_dir
from tests.simulation.simulated_desk import mail

VIP = (
    '[[rule]]\nid = "vip"\nwhy = "They are VIP."\n[rule.when]\ncustomer = { tags = ["VIP"] }\n'
    '[rule.then]\nurgency = 2\n[[rule.test]]\ntext = "Hello"\ncustomer = { tags = ["vip"] }\nurgency = 2\n'
)


@pytest.mark.slow
def test_show_and_tag_and_untag(call, site):
    code, out, _ = call("customer", "show", "Ada@customer.example", "--site", site)
    assert code == 0
    assert out.startswith("ada@customer.example\n")
    assert "#1  2026-03-02 09:00 CET  2  open  My order" in out
    assert "tags" not in out
    assert call("customer", "tag", "ADA@customer.example", "VIP", "press", "--site", site)[1] == (
        "ada@customer.example  press, vip\n"
    )
    assert "tags        press, vip\n" in call("customer", "show", "ada@customer.example", "--site", site)[1]
    assert call("customer", "untag", "ada@customer.example", "press", "--site", site)[1].endswith("  vip\n")
    told = json.loads(call("customer", "show", "ada@customer.example", "--site", site, "--json")[1])
    assert (told["tags"], told["tickets"], told["customer"]["name"]) == (["vip"], 1, "Ada")
    listed = call("customer", "list", "--site", site, "--tag", "vip", "--json")[1]
    assert json.loads(listed) == {"address": "ada@customer.example", "tags": ["vip"]}
    assert "nobody has the tag gold" in call("customer", "list", "--site", site, "--tag", "gold")[2]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("tag", "ada", "vip"), "is not a mail address"),
        (("tag", "ada@customer.example", "very important"), "a tag is one word"),
        (("untag", "ada@customer.example", ","), "a tag is one word"),
    ],
)
def test_what_is_no_address_and_no_tag(call, site, args, said):
    code, _, err = call("customer", *args, "--site", site)
    assert (code, said in err) == (2, True)


@pytest.mark.slow
def test_a_rule_asks_for_the_tag_from_the_next_mail_on(call, site, desk, tmp_path):
    folder = tmp_path / "with-vip"
    shutil.copytree(data_dir("rules"), folder)
    (folder / "80-own.toml").write_text(VIP, "utf-8")
    rules, problems = load_rules(folder)
    assert problems == []
    desk.setting = replace(desk.setting, rules=rules)
    now = desk.clock.now()
    first = desk.receive(mail("Cy <cy@customer.example>", "How do I print it?", at=now, subject="Print"))
    assert first[0].tickets[0].urgency == 0
    call("customer", "tag", "cy@customer.example", "vip", "--site", site)
    second = desk.receive(mail("Cy <cy@customer.example>", "How do I scan it?", at=now, subject="Scan"))
    assert second[0].tickets[0].urgency == 2
    shutil.rmtree(site / "rules")
    shutil.copytree(folder, site / "rules")
    call("customer", "untag", "cy@customer.example", "vip", "--site", site)
    # What was known when the mail came is what explains it later.
    out = call("rules", "explain", second[0].tickets[0].number, "--site", site)[1]
    assert "vip (80-own.toml:1), urgency 2: “customer tagged vip”" in out
