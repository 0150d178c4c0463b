"""Passive replies: well-formed whatever the words hold, and never longer than the platform shows."""

from datetime import timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tests.wechat.callback import ACCOUNT, NOW, OPENID
from wechat.inbound import Inbound
from wechat.replies import SUCCESS, news_xml, text_xml

ASKED = Inbound(openid=OPENID, account=ACCOUNT, created_at=1, kind="text")


def content(text: str) -> str:
    return etree.fromstring(text_xml(ASKED, text, NOW)).findtext("Content")


def test_text_reply_goes_back_to_who_asked():
    fields = {child.tag: child.text for child in etree.fromstring(text_xml(ASKED, "累计 12 小时", NOW))}
    assert fields == {
        "ToUserName": OPENID,
        "FromUserName": ACCOUNT,
        "CreateTime": str(int(NOW.astimezone(timezone.utc).timestamp())),
        "MsgType": "text",
        "Content": "累计 12 小时",
    }


@pytest.mark.parametrize("words", ["]]>", "a]]>b]]>", "]]]]>>", "</Content></xml>", "<![CDATA[x]]>", "&lt;"])
def test_words_that_look_like_markup_come_out_as_they_went_in(words: str):
    assert content(words) == words


def test_control_characters_are_left_out():
    assert content("甲\x00乙\x08丙\ud800丁\ufffe\n戊") == "甲乙丙丁\n戊"


@pytest.mark.parametrize("words", ["", "  \n", "\x00\x01"])
def test_reply_of_nothing_is_success(words: str):
    assert text_xml(ASKED, words, NOW) == SUCCESS


def test_text_of_exactly_the_limit_stays_whole():
    assert content("a" * 2048) == "a" * 2048


def test_longer_text_is_cut_between_characters():
    cut = content("时" * 1000)
    assert cut == "时" * 681 + "…"
    assert len(cut.encode()) == 2046


def test_longer_text_is_not_cut_inside_a_link():
    link = '<a href="weixin://bizmsgmenu?msgmenucontent=我的时长&msgmenuid=1">我的时长</a>'
    assert content("时" * 660 + link) == "时" * 660 + "…"


@given(st.text(alphabet=st.characters(codec=None), max_size=900))
def test_any_words_make_a_document_within_the_limit(words: str):
    reply = text_xml(ASKED, words, NOW)
    if reply != SUCCESS:
        assert len(etree.fromstring(reply).findtext("Content").encode()) <= 2048


def test_news_reply_has_one_article():
    reply = etree.fromstring(
        news_xml(ASKED, NOW, title="义诊]]>", description="周六", url="https://a.cn/?x=1&y=2")
    )
    assert reply.findtext("MsgType") == "news"
    assert reply.findtext("ArticleCount") == "1"
    items = reply.findall("Articles/item")
    assert [(item.findtext("Title"), item.findtext("Url")) for item in items] == [
        ("义诊]]>", "https://a.cn/?x=1&y=2")
    ]
