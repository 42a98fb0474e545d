"""The caller's pages as HTML: no resource from elsewhere, no script needed but for the position."""

from __future__ import annotations

from html import escape

from gateway.calls.share import Share
from gateway.calls.sharing import MAX_TEXT_CHARS
from gateway.web.caller.words import Words

ROOT = "/s/"
_HEAD = """<!doctype html>
<html lang="{code}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{title}</title>
<link rel="stylesheet" href="/s/style.css">
{script}</head>
<body>
<header><h1>{title}</h1><a class="switch" href="?lang={other_code}" lang="{other_code}">{other}</a></header>
<main>
"""
_FOOT = "</main>\n</body>\n</html>\n"


def start(words: Words) -> str:
    """Before the link is opened: a look alone, by a phone or by what looks ahead, uses nothing up."""
    return _page(
        words,
        f"""<p class="danger">{_(words.danger)}</p>
<p>{_(words.start_lead)}</p>
<form method="post"><button class="main">{_(words.start)}</button></form>
<p class="note">{_(words.start_note)}</p>
""",
    )


def told(words: Words, title: str, text: str, *, back: bool = False) -> str:
    """A page that says one thing."""
    href, name = (ROOT, words.back) if back else ("tel:110", words.call)
    link = f'<p><a class="main" href="{href}">{_(name)}</a></p>\n'
    return _page(words, f"<p>{_(text)}</p>\n{link}", title=title)


def share(
    words: Words, link: Share, *, once: str, done: str = "", problem: str = "", written: str = ""
) -> str:
    """The page itself. `once` names the text that is written next; `written`: what was not taken stays."""
    return _page(
        words,
        f"""{_notice(words, done, problem)}<p class="danger">{_(words.danger)}</p>
<p>{_(words.lead)}</p>
{_where(words)}
<section aria-labelledby="write"><h2 id="write">{_(words.write)}</h2>
<form method="post" action="{ROOT}text">
<input type="hidden" name="once" value="{_(once)}">
<label for="text">{_(words.write_label)}</label>
<textarea id="text" name="text" rows="4" maxlength="{MAX_TEXT_CHARS}"
 aria-describedby="text-hint">{_(written)}</textarea>
<p class="note" id="text-hint">{_(words.write_hint)}</p>
<button class="main">{_(words.write_send)}</button>
</form></section>
<section aria-labelledby="pictures"><h2 id="pictures">{_(words.pictures)}</h2>
<form method="post" action="{ROOT}picture" enctype="multipart/form-data">
<label for="picture">{_(words.pictures_label)}</label>
<input id="picture" name="picture" type="file" accept="image/jpeg,image/png" multiple
 aria-describedby="picture-hint">
<p class="note" id="picture-hint">{_(words.pictures_hint)}</p>
<button class="main">{_(words.pictures_send)}</button>
</form></section>
<section aria-labelledby="received"><h2 id="received">{_(words.received)}</h2>
<p data-received>{_(_counted(words, link))}</p></section>
""",
        script='<script src="/s/share.js" defer></script>\n',
    )


def _where(words: Words) -> str:
    said = {
        "wait": words.where_wait, "done": words.where_done, "following": words.where_following,
        "denied": words.where_denied, "failed": words.where_failed, "offline": words.where_offline,
        "follow": words.where_follow, "stop": words.where_stop,
    }  # fmt: skip
    data = " ".join(f'data-{name}="{_(text)}"' for name, text in said.items())
    return f"""<section aria-labelledby="where" id="position" {data}><h2 id="where">{_(words.where)}</h2>
<noscript><p>{_(words.where_no_script)}</p></noscript>
<button class="main" type="button" id="once" hidden>{_(words.where_once)}</button>
<button type="button" id="follow" aria-pressed="false" hidden>{_(words.where_follow)}</button>
<p id="said" role="status"></p></section>"""


def _notice(words: Words, done: str, problem: str) -> str:
    good = {"text": words.done_text, "picture": words.done_picture}.get(done, "")
    bad = words.problems.get(problem, words.problems["invalid"]) if problem else ""
    shown = f'<p class="good" role="status">✓ {_(good)}</p>\n' if good else ""
    return shown + (f'<p class="bad" role="alert">✗ {_(bad)}</p>\n' if bad else "")


def _counted(words: Words, link: Share) -> str:
    found = [words.texts_n.format(n=link.texts)] if link.texts else []
    found += [words.pictures_n.format(n=link.pictures)] if link.pictures else []
    found += [words.position_at] if link.positions else []
    return " · ".join(found) or words.nothing_yet


def _page(words: Words, body: str, *, title: str = "", script: str = "") -> str:
    head = _HEAD.format(
        code=words.code, title=_(title or words.title), other=_(words.other), other_code=words.other_code,
        script=script,
    )  # fmt: skip
    return head + body + _FOOT


def _(text: str) -> str:
    return escape(text, quote=True)
