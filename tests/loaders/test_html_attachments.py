"""What a page brings besides its text: attachments, frames, and the pages that servers send instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from loaders.document import Attachment, Status, Unreadable
from loaders.formats import read_bytes
from loaders.formats.html import read

TEXT = "<p>某局2024年度部门决算公开，详见附件。</p>"


@pytest.mark.parametrize(
    ("link", "name", "address"),
    [
        ('<a href="./W020250830.pdf">部门决算公开表</a>', "部门决算公开表", "./W020250830.pdf"),
        ('<a href="/f/1.XLSX?t=1#a"><b>附件1</b>：\n<i>决算表</i></a>', "附件1： 决算表", "/f/1.XLSX?t=1#a"),
        ('<a href="/down.jsp?file=a.et&id=2">点击下载</a>', "点击下载", "/down.jsp?file=a.et&id=2"),
        ('<a href="/down/123">绩效自评表.doc</a>', "绩效自评表.doc", "/down/123"),
        ('<a href="/art/2.html">附件：绩效目标表</a>', "附件：绩效目标表", "/art/2.html"),
        ('<a href="a/b.zip" title="全部附件"><img src="zip.gif"></a>', "全部附件", "a/b.zip"),
        ('<a href="a/b.ofd"></a>', "b.ofd", "a/b.ofd"),
        ('<iframe src="/pdfjs/viewer.html?file=/a/b.pdf"></iframe>', "b.pdf", "/pdfjs/viewer.html?file=/a/b.pdf"),
        ('<embed src="c.pdf" type="application/pdf">', "c.pdf", "c.pdf"),
        ('<object data="d.pdf" title="预算"></object>', "预算", "d.pdf"),
    ],
)
def test_files_that_a_page_links_to_or_shows_are_listed(link, name, address):
    assert read(TEXT + link).attachments == (Attachment(name, address),)


@pytest.mark.parametrize(
    "link",
    [
        '<a href="/index.html">首页</a>',
        '<a href="#附件">附件</a>',
        '<a href="javascript:void(0)">附件</a>',
        '<a name="附件">附件</a>',
        '<iframe src="/ad.html"></iframe>',
        '<div class="footer"><a href="/download">下载客户端</a></div>',
        '<img src="/icon/pdf.gif">',
        '<a href="/pdf/list.html">文件列表</a>',
    ],
)
def test_other_links_are_no_attachments(link):
    assert read(TEXT + link).attachments == ()


def test_each_file_is_listed_once_in_the_order_of_the_page():
    links = '<a href="2.pdf">乙</a><a href="1.pdf">甲</a><a href="2.pdf">下载</a><iframe src="1.pdf"></iframe>'
    assert [attachment.name for attachment in read(TEXT + links).attachments] == ["乙", "甲"]


@pytest.mark.parametrize(
    "page",
    [
        '<frameset><frame src="left.html"><frame src="附件/main.html"></frameset>',
        '<body><script>x</script><iframe src="附件/main.html"></iframe></body>',
        '<body><a href="附件/main.pdf"><img src="main.jpg"></a></body>',
    ],
)
def test_a_page_that_only_shows_other_files_says_which(page):
    with pytest.raises(Unreadable) as refusal:
        read(page)
    assert refusal.value.reason == "no_text"
    assert "附件/main" in refusal.value.message


@pytest.mark.parametrize(
    "page",
    [
        "<title>404 Not Found</title><center><h1>404 Not Found</h1></center><hr><center>nginx</center>",
        "<title>403 Forbidden</title><h1>Forbidden</h1>",
        "<p>抱歉，您访问的页面不存在或已被删除！</p><p>5秒后返回首页</p>",
        "<p>很抱歉，由于您访问的URL有可能对网站造成安全威胁，您的访问被拦截。</p><p>安全拦截</p>",
        "<p>请开启JavaScript并刷新该页。</p>",
        "<h2>502 Bad Gateway</h2>",
    ],
)
def test_what_a_server_says_instead_of_the_page_is_refused_as_that(page):
    document = read_bytes(page.encode(), Path("决算公开.html"))
    assert (document.status, document.reason) == (Status.REJECTED, "error_page")
    assert document.message


@pytest.mark.parametrize(
    "page",
    [
        "<p>2024年度部门决算，页面不存在的项目支出404.50万元。</p>",
        "<p>行政单位404个。</p>" + "<p>本部门2024年度决算公开说明如下，请查阅。</p>" * 20,
        "<h1>某局404号文件公开2024年预算1.5万元</h1>",
    ],
)
def test_a_page_with_amounts_or_with_text_is_no_error(page):
    assert read(page).blocks
