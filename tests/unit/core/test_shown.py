"""What is read of the HTML of a mail: all that its reader sees, nothing that is hidden, with links and pictures."""

from __future__ import annotations

import time

import pytest

from mailbot.core.intake.mime.pictures import in_signature, is_adornment, without_marks
from mailbot.core.intake.mime.plaintext import can_be_laid_out, from_html
from mailbot.core.intake.newtext import new_text
from mailbot.core.model.mail import Mail, sent_files
from tests.unit.core.test_files import _PNG, mail_of, multi, part

_SEEN = "The valve drips at night."
_HIDDEN = "Spring sale begins"


@pytest.mark.parametrize(
    "style",
    [
        "display:none",
        "DISPLAY : NONE",
        "color:red;display: none !important",
        "display:none;max-height:0;overflow:hidden",
        "font-size:1px;line-height:1px;max-height:0px;max-width:0px;opacity:0;overflow:hidden",
        "mso-hide:all;max-height:0;overflow:hidden",
        "mso-hide:all",
        "font-size:0",
        "font-size:0px",
        "font-size:1px",
        "font:0/0 a",
        "height:0;overflow:hidden",
        "max-height:0;overflow:hidden",
        "visibility:hidden",
        "opacity:0",
        "opacity: 0.0",
        "color:#ffffff",
        "color:white;background:#FFF",
        "color:#eee;background-color:#eeeeee",
        "color:rgb(255, 255, 255)",
        "color:transparent",
        "text-indent:-9999px",
        "position:absolute;left:-9999px",
        "display:block;display:none",
    ],
)
@pytest.mark.parametrize(
    "form", ["<div style='{}'>{}</div>", '<span style="{}">{}</span>', "<p style='{}'><b>{}</b></p>"]
)
def test_hidden_words_are_no_words(style, form):
    got = from_html(f"<html><body>{form.format(style, _HIDDEN)}<p>{_SEEN}</p></body></html>")
    assert got == _SEEN


@pytest.mark.parametrize(
    "sheet",
    [
        ".pre{display:none}",
        ".pre { color: #000; display: none !important; }",
        "div.pre, span.pre {font-size:0;}",
        "#pre{max-height:0;overflow:hidden}",
        "/* all */ p{margin:0} .pre{mso-hide:all;display:none}",
        "@media screen { .pre { display:block } } .pre { visibility:hidden }",
    ],
)
def test_what_a_style_sheet_hides_is_hidden(sheet):
    html = f"<html><head><style>{sheet}</style></head><body><div class=pre id=pre>{_HIDDEN}</div><p>{_SEEN}</p></body></html>"
    assert from_html(html) == _SEEN


@pytest.mark.parametrize(
    "html",
    [
        "<div style='display:none;display:block'>{}</div>",
        "<div style='display:block !important;display:none'>{}</div>",
        "<style>.a{{display:none}}</style><div class=a style='display:block !important'>{}</div>",
        "<style>@media (max-width:600px) {{ .a {{ display:none }} }}</style><div class=a>{}</div>",
        "<td style='font-size:0'><div style='font-size:14px'>{}</div></td>",
        "<table bgcolor='#000000'><tr><td style='color:#fff'>{}</td></tr></table>",
        "<div style='background:#123456'><p><span style='color:#ffffff'>{}</span></p></div>",
        "<div style='background:url(x.png)'><span style='color:white'>{}</span></div>",
        "<div style='color:#fff'><span style='color:#222'>{}</span></div>",
        "<div style='max-height:none;overflow:hidden'>{}</div>",
        "<div style='height:0'>{}</div>",
        "<div style='opacity:0.8;font-size:11px;line-height:1'>{}</div>",
        "<div style='font-size:1em'>{}</div>",
        "<div style='font-size:1.2em'>{}</div>",
        "<a href='#top' style='mso-hide:all;display:inline-block'>{}</a>",
    ],
)
def test_what_is_seen_stays(html):
    assert _SEEN in from_html(html.format(_SEEN))


@pytest.mark.parametrize(
    "html",
    [
        "<html><body>EXTERNAL</body></html><html><body><p>{}</p></body></html>",
        "<HTML><BODY>EXTERNAL</BODY></HTML>\n<!DOCTYPE html><html><head><title>no</title></head><body>{}</body></html>",
        "<html><body><p>EXTERNAL</p></body></html>{}",
        "<p>EXTERNAL</p><html><head><style>p{{x:y}}</style></head><body><p>{}</p></body></html>",
        "<html><head><style>p {{ color: red; </head><body><p>EXTERNAL {}</p></body></html>",
        "<html><head><title>no</head><body><p>EXTERNAL {}</p></body></html>",
        "<p>EXTERNAL</p><!-- never closed <p>{}</p>",
        "<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><body>EXTERNAL<br/>{}</body></html>",
    ],
)
def test_all_documents_and_what_stands_around_them_are_read(html):
    got = from_html(html.format(_SEEN))
    assert _SEEN in got
    assert "EXTERNAL" in got
    assert "no" not in got.replace("not", "").split()


@pytest.mark.slow
@pytest.mark.parametrize(
    "bulk", ["<style>{}</style>", "<img src='data:image/png;base64,{}'>", "<!-- {} -->", "<script>{}</script>"]
)
def test_bulk_before_the_words_hides_none_of_them(bulk):
    start = time.process_time()
    html = f"<html><body>{bulk.format('QUJD ' * 3 if 'data' in bulk else '.a{b:c} ' * 400_000)}<p>{_SEEN}</p></body></html>"
    assert _SEEN in from_html(html)
    picture = "QUJD" * 750_000
    assert from_html(f'<p>Before.</p><img src="data:image/png;base64,{picture}"><p>{_SEEN}</p>').endswith(_SEEN)
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    ("link", "text"),
    [
        ("<a href='https://pine.example/a?b=1'>the guide</a>", "the guide <https://pine.example/a?b=1>"),
        ("<a href='https://pine.example/'>pine.example</a>", "pine.example"),
        ("<a href='https://www.pine.example/a'>https://pine.example/a/</a>", "https://pine.example/a/"),
        ("<a href='http://pine.example/b'>http://pine.example/a</a>", "http://pine.example/a <http://pine.example/b>"),
        ("<a href='mailto:ada@pine.example?subject=x'>ada@pine.example</a>", "ada@pine.example"),
        ("<a href='mailto:ada@pine.example'>Ada</a>", "Ada <ada@pine.example>"),
        ("<a href='tel:+4930123456'>+49 30 123456</a>", "+49 30 123456"),
        ("<a href='#top'>up</a>", "up"),
        ("<a href='javascript:x()'>x</a>", "x"),
        (
            "<a href='https://e.safelinks.protection.outlook.com/?url=https%3A%2F%2Fpine.example%2Fa&amp;data=1'>here</a>",
            "here <https://pine.example/a>",
        ),
        (
            (
                "<a href='https://e.safelinks.protection.outlook.com/?url=https%3A%2F%2Fpine.example%2Fa&amp;data=1'>"
                "https://pine.example/a</a>"
            ),
            "https://pine.example/a",
        ),
    ],
)
def test_links_keep_their_address(link, text):
    assert from_html(f"<p>See {link} and write.</p>") == f"See {text} and write."


def test_an_anchor_without_words_says_nothing():
    assert (
        from_html("<p>See this.</p><a href='https://t.example/open?u=1'><img src='https://t.example/x.gif'></a>")
        == "See this."
    )


@pytest.mark.parametrize(
    "stub",
    [
        "Your mail client does not support HTML.",
        "Ihr Programm zeigt kein HTML an.",
        "[cid:image001.png@01DA]",
        ".",
        "\u200b\u200c\ufeff",
        "-- \nAda",
        "text/plain",
        "View this message in a browser: https://pine.example/v",
        "",
    ],
)
def test_html_is_read_where_the_plain_part_says_less(stub):
    html = part("text/html; charset=utf-8", f"<p>{_SEEN}</p><p>What can I do?</p>")
    _, mail = mail_of(multi("alternative", part("text/plain; charset=utf-8", stub), html))
    assert _SEEN in mail.text
    assert mail.from_html
    assert new_text(mail) == f"{_SEEN}\n\nWhat can I do?"


@pytest.mark.parametrize(
    ("plain", "html"),
    [
        (f"{_SEEN}\nWhat can I do?", f"<p>{_SEEN}</p><p>What can I do?</p>"),
        (
            "*The valve*  drips\nat night [1].\n\n[1] https://pine.example/",
            "<p><b>The v</b>alve drips at <a href=x>night</a>.</p>",
        ),
        (_SEEN, f"<div style='display:none'>{_HIDDEN} and ends in three long weeks</div><p>{_SEEN}</p>"),
        ("灯不亮了\n怎么办？", "<p>灯不亮了怎么办？</p>"),
        (f"{_SEEN} And a second matter.", f"<p>{_SEEN}</p>"),
    ],
)
def test_plain_text_that_says_as_much_is_preferred(plain, html):
    body = multi("alternative", part("text/plain; charset=utf-8", plain), part("text/html; charset=utf-8", html))
    _, mail = mail_of(body)
    assert not mail.from_html
    assert mail.text.strip() == plain


def test_both_are_said_where_plain_text_and_html_say_unlike_things():
    plain = "Some other words stand here,\nmore of them than there are in the other part."
    _, mail = mail_of(multi("alternative", part("text/plain", plain), part("text/html", f"<p>{_SEEN}</p>")))
    assert mail.text.strip() == plain
    assert new_text(mail) == f"{plain}\n\n{_SEEN}"


@pytest.mark.parametrize(
    "body",
    [
        "<html><body><p>Name: Ada</p><p>The valve drips at night.</p></body></html>",
        "Name: Ada<br />Message: The valve drips at night.<br />",
        "<p>Name: Ada</p>\n<p>The valve drips at night.</p>\n",
        "<!DOCTYPE html>\n<html><body>Name: Ada<br>The valve drips at night.</body></html>",
    ],
)
def test_html_that_is_called_plain_is_read_as_html(body):
    _, mail = mail_of(part("text/plain; charset=utf-8", body))
    assert _SEEN in mail.text
    assert "<" not in mail.text


@pytest.mark.parametrize(
    "body",
    [
        "My page shows nothing, this is it:\n<div>\n<p>Hello</p>\n<br>\nthat was it. What is wrong?\nAda",
        "Is x < y and y > z?\nThe valve drips.",
        "Write to Ada <ada@pine.example>\nThe valve drips.",
    ],
)
def test_plain_text_that_speaks_of_html_stays(body):
    _, mail = mail_of(part("text/plain; charset=utf-8", body))
    assert mail.text.strip() == body


def test_plain_text_that_is_called_html_keeps_its_lines():
    _, mail = mail_of(part("text/html; charset=utf-8", "Hello,\n\nthe valve drips < often.\nAda <ada@pine.example>\n"))
    assert mail.text.strip() == "Hello,\n\nthe valve drips < often.\nAda <ada@pine.example>"
    _, mail = mail_of(part("text/html; charset=utf-8", "Hello,\nthe <b>valve</b> drips.\nAda\n"))
    assert mail.text.strip().split("\n") == ["Hello,", "the valve drips.", "Ada"]


def _picture(cid: str, name: str, data: bytes = _PNG) -> bytes:
    return part(
        f'image/png; name="{name}"', data, f"Content-ID: <{cid}>", f'Content-Disposition: inline; filename="{name}"'
    )


def test_a_picture_in_html_leaves_a_mark_where_it_stands():
    html = part("text/html", '<p>See</p><img src="cid:p1@x"><p>and that.</p>')
    plain = part("text/plain", "See\n\n[cid:p1@x]\n\nand that.")
    for body in (
        multi("related", html, _picture("p1@x", "leak.png")),
        multi("related", multi("alternative", plain, html, boundary="a"), _picture("p1@x", "leak.png")),
    ):
        _, mail = mail_of(body)
        assert mail.text.split() == ["See", "[picture", "1:", "leak.png]", "and", "that."]
        assert new_text(mail).split() == mail.text.split()
        assert [(each.name, each.picture) for each in mail.attachments] == [("leak.png", 1)]


def test_a_picture_between_two_texts_leaves_a_mark_and_one_below_them_none():
    second = part("text/plain", "and it smells.")
    first, third = _picture("1@x", "a.png"), _picture("2@x", "b.png", _PNG + b"2")
    _, mail = mail_of(multi("mixed", part("text/plain", "It drips,"), first, second, third))
    assert mail.text.split() == ["It", "drips,", "[picture", "1:", "a.png]", "and", "it", "smells."]
    assert [each.picture for each in sent_files(mail.attachments)] == [1, 0]


@pytest.mark.parametrize("words", ["", "\n\n", "Sent from my iPhone"])
def test_a_mail_that_is_only_a_picture_has_words_enough(words):
    _, mail = mail_of(multi("mixed", _picture("1@x", "drip.png"), part("text/plain", words)))
    assert new_text(mail).split("\n")[0] == "[picture 1: drip.png]"


def test_a_picture_that_the_words_show_as_well_is_no_signatures():
    twice = '<div id="AppleMailSignature" class="AppleMailSignature">Ada<br><img src="cid:pump@x"></div>'
    assert in_signature(twice) == {"pump@x"}
    assert in_signature(f'<p>This one:</p><img src="cid:pump@x">{twice}') == frozenset()


def test_a_picture_of_a_signature_is_machinery_and_one_above_it_is_none():
    html = part(
        "text/html",
        '<p>See</p><img src="cid:p1@x"><div class="gmail_signature">Ada<br><img src="cid:logo@x"></div>'
        '<img src="cid:open@x" width="1" height="1">',
    )
    body = multi(
        "related", html, _picture("p1@x", "leak.png"), _picture("logo@x", "logo.png"), _picture("open@x", "o.png")
    )
    _, mail = mail_of(body)
    assert [(each.name, each.machinery) for each in mail.attachments] == [
        ("leak.png", False),
        ("logo.png", True),
        ("o.png", True),
    ]
    assert "logo" not in mail.text


def test_the_root_of_a_related_part_may_stand_behind_its_pictures():
    inside = multi("related", _picture("p1@x", "a.png"), part("text/html", f"<p>{_SEEN}</p>", "Content-ID: <root@x>"))
    inside = inside.replace(b"multipart/related;", b'multipart/related; start="<root@x>";')
    _, mail = mail_of(inside)
    assert mail.text.strip() == _SEEN
    assert [each.name for each in sent_files(mail.attachments)] == ["a.png"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit",
    ["<div style='color:#fff'>", "<style>", "<style>a{", "<a href='https://x.example/'>", "<img src='cid:a'>", "<!--",
     "@media {", "<p class=a>", "<title>", "data:image/png;base64,", "<span style='font-size:0'>x</span>", "<br>", "&lt;",
     "[cid:", "[image: ", "<pre>", "<table><tr><td style='color:#fff'>"],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["text/html", "text/plain"])
def test_reading_takes_linear_time(unit, kind):
    def spent(count: int) -> float:
        raw = b"From: a@pine.example\nMIME-Version: 1.0\n" + multi(
            "related", part(kind, unit * count), _picture("a", "a.png")
        )
        from mailbot.core.intake.read import read

        start = time.process_time()
        mail = read(raw)
        assert isinstance(mail, Mail)
        new_text(mail)
        return time.process_time() - start

    spent(10)
    assert spent(10_000) < 3


def test_html_is_read_where_it_shows_a_picture_of_which_the_plain_text_says_nothing():
    html = part("text/html", '<p>See</p><img src="cid:p1@x"><p>and that.</p>')
    plain = part("text/plain", "See\n\nand that.")
    picture = _picture("p1@x", "leak.png")
    for body in (
        multi("related", multi("alternative", plain, html, boundary="a"), picture),
        multi("alternative", plain, multi("related", html, picture, boundary="a")),
    ):
        _, mail = mail_of(body)
        assert mail.text.split() == ["See", "and", "that."]
        assert new_text(mail).split() == ["See", "[picture", "1:", "leak.png]", "and", "that."]


def test_a_small_picture_within_the_html_is_an_adornment():
    _, mail = mail_of(multi("related", part("text/html", '<img src="cid:1@x">'), _picture("1@x", "logo.png")))
    assert [is_adornment(each) for each in mail.attachments] == [True]
    assert without_marks("Thanks! [picture 1: logo.png]\nAda") == "Thanks!\nAda"


def test_a_list_of_terms_keeps_each_on_its_line():
    html = "<p>New order</p><dl><dt>Order</dt><dd>1234</dd><dt>Version</dt><dd>2.1</dd></dl>"
    large = html + "<i></i>" * 20_001
    assert not can_be_laid_out(large)
    for source in (html, large):
        assert [line.strip() for line in from_html(source).splitlines() if line.strip()][:5] == [
            *("New order", "Order", "1234", "Version", "2.1"),
        ]
