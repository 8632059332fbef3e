"""The pages: all parts there, usable without JavaScript, harmless whatever reports say, every link leads somewhere."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient

import casus
from casus.web.pages.base import web_address
from tests.pages import HOSTILE, Page, hostile, look
from tests.web import made, serving

PATHS = (
    "/", "/?order=earliest", "/?disputed=1", "/?text=nosuchword", "/dyads", "/dyads/IRN--PAK", "/dyads/IRN--CHN",
    "/review", "/review?queue=odd", "/review?queue=orphans", "/data", "/data?country=PAK", "/runs", "/sources",
    "/sources?publisher=Gulf+Ledger", "/sources?unnamed=1",
)  # fmt: skip


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return made(tmp_path)


@pytest.fixture
def client(path: Path) -> Iterator[TestClient]:
    with serving(path) as found:
        yield found


def disputed(path: Path) -> casus.Event:
    """The event of which two tolls are told."""
    with casus.open(path) as ledger:
        found: casus.Event = ledger.events(disputed=True)[0].record
        return found


def every_path(path: Path) -> list[str]:
    """Each page, and one of each event and document."""
    with casus.open(path) as ledger:
        own = [f"/events/{e.id}" for e in ledger.events()] + [f"/documents/{d.id}" for d in ledger.documents()]
        return [*PATHS, *own, *(f"/review?event={e.id}" for e in ledger.events())]


# ------------------------------------------------------------------ what holds for every page


def test_every_page_is_whole(client: TestClient, path: Path) -> None:
    for one in every_path(path):
        page = look(client, one)
        assert not page.open, f"{one}: {[tag.name for tag in page.open]} are not closed"
        assert len(page.all("h1")) == 1, one
        assert page.all("h1")[0].text
        assert page.all("html")[0].attrs["lang"] == "en"
        assert page.all("title")[0].text.endswith("Casus")
        assert len(page.all("main")) == len(page.all("header")[:1]) == len(page.all("footer")) == 1
        assert page.of_class("skip")[0].attrs["href"] == "#main"


def test_nothing_is_fetched_from_elsewhere(client: TestClient, path: Path) -> None:
    for one in every_path(path):
        page = look(client, one)
        for tag in page.tags:
            assert not {name for name in tag.attrs if name.startswith("on") or name in ("style", "srcset")}, one
            for name in ("src", "action", "data", "poster"):
                assert tag.attrs.get(name, "/").startswith("/"), f"{one}: {tag.attrs}"
            if tag.name == "link":
                assert tag.attrs["href"].startswith("/static/")
            if tag.name == "script":
                assert tag.attrs["src"].startswith("/static/")
                assert not tag.text
        assert not page.all("style", "iframe", "object", "embed", "base")


def test_every_link_leads_somewhere(client: TestClient, path: Path) -> None:
    seen: set[str] = set()
    for one in every_path(path):
        page = look(client, one)
        ids = [tag.attrs["id"] for tag in page.tags if "id" in tag.attrs]
        assert len(ids) == len(set(ids)), f"{one}: an id stands twice"
        for tag in page.all("a", "link"):
            href = tag.attrs["href"]
            if href.startswith("#"):
                assert href[1:] in ids, f"{one}: {href}"
            elif href.startswith("/"):
                seen.add(href.partition("#")[0])
            else:
                assert urlsplit(href).scheme in ("http", "https")
                assert tag.attrs["rel"] == "noopener noreferrer nofollow"
    assert len(seen) > 30
    for href in sorted(seen):
        assert client.get(href).status_code == 200, href


def test_fragments_of_links_are_there(client: TestClient, path: Path) -> None:
    page = look(client, f"/events/{disputed(path).id}")
    papers = [a.attrs["href"] for a in page.all("a") if a.attrs["href"].startswith("/documents/")]
    assert papers
    for href in papers:
        where, _, fragment = href.partition("#")
        assert fragment in [tag.attrs.get("id") for tag in look(client, where).tags]


def test_whoever_does_not_see_or_point_can_use_it(client: TestClient, path: Path) -> None:
    for one in every_path(path):
        page = look(client, one)
        for tag in page.all("input", "select", "textarea"):
            if tag.attrs.get("type") != "hidden":
                label = tag.within("label")
                assert label is not None, f"{one}: {tag.attrs}"
                assert label.text, f"{one}: {tag.attrs}"
        for tag in page.all("svg", "img"):
            named = tag.attrs.get("aria-label") or tag.attrs.get("alt")
            assert named or tag.attrs.get("aria-hidden") == "true", f"{one}: a drawing without words"
        for tag in page.all("a", "button"):
            assert tag.text or tag.attrs.get("aria-label"), f"{one}: {tag.attrs}"
        for tag in page.all("table"):
            assert any(c.within("table") is tag and c.text for c in page.all("caption")), one
        for tag in page.all("nav", "section", "aside"):
            assert {"aria-label", "aria-labelledby"} & tag.attrs.keys(), f"{one}: {tag.name}"


def test_headings_leave_no_step_out(client: TestClient, path: Path) -> None:
    for one in every_path(path):
        levels = [int(tag.name[1]) for tag in look(client, one).tags if tag.name in ("h1", "h2", "h3", "h4")]
        assert levels[0] == 1, one
        assert all(b - a <= 1 for a, b in itertools.pairwise(levels)), f"{one}: {levels}"


# ------------------------------------------------------------------ hostile reports


def test_hostile_words_are_words(tmp_path: Path) -> None:
    path = hostile(tmp_path)
    with serving(path) as client:
        for one in [*every_path(path), "/sources?publisher=" + "%3Cscript%3Ealert(1)%3C/script%3E"]:
            page = look(client, one)
            assert "<script>alert" not in page.html
            assert "\u202e" not in page.html
            assert not page.all("img")
            assert not [a for a in page.all("a") if a.attrs["href"].lower().startswith("javascript")]
            assert len(page.all("script")) <= 1
        with casus.open(path) as ledger:
            shown = look(client, f"/documents/{ledger.documents()[0].id}")
        assert shown.all("h1")[0].text == HOSTILE


@pytest.mark.parametrize("name", ["since", "country", "side", "text", "near", "killed", "after", "type"])
def test_hostile_filters_are_words(client: TestClient, name: str) -> None:
    answer = client.get("/", params={name: HOSTILE})
    assert answer.status_code in (200, 400)
    assert "<script>alert" not in answer.text
    assert not Page(answer.text).all("img")


@pytest.mark.parametrize(
    ("url", "fine"),
    [("https://example.org/a", True), ("http://example.org", True), ("javascript:alert(1)", False),
     ("data:text/html,x", False), ("//example.org", False), ("https://", False), ("https://a b", True),
     ("https://exa\nmple.org", False), ("https://[", False), (None, False)],
)  # fmt: skip
def test_only_addresses_of_the_web_are_links(url: str | None, fine: bool) -> None:
    assert (web_address(url) is not None) == fine


# ------------------------------------------------------------------ page by page


def test_explore_counts_events_and_tellings(client: TestClient) -> None:
    page = look(client, "/")
    assert "3 events 6 tellings in reports" in page.text
    assert len(page.of_class("what")) == 3
    drawings = [tag.attrs["aria-label"] for tag in page.all("svg") if "aria-label" in tag.attrs]
    assert [d.split()[0] for d in drawings] == ["Events", "Map"]
    assert "Boundaries are not endorsed" in page.text


def test_the_filter_lives_in_the_address(client: TestClient) -> None:
    page = look(client, "/?country=Iran&type=ASSAULT&order=earliest")
    assert len(page.of_class("what")) == 1
    assert page.form("/")["country"] == "Iran"
    exports = [a.attrs["href"] for a in page.all("a") if a.attrs["href"].startswith("/api/1/events")]
    assert exports == ["/api/1/events.csv?country=Iran&type=ASSAULT", "/api/1/events.geojson?country=Iran&type=ASSAULT"]
    assert client.get(exports[0]).text.count("\n") == 2


def test_what_makes_no_sense_is_said_beside_the_form(client: TestClient) -> None:
    for query in ("country=Atlantis", "since=soon", "killed=many", 'text="open', "after=nowhere", "disputed=perhaps"):
        page = look(client, f"/?{query}", 400)
        (alert,) = page.of_class("alert")
        assert alert.text
        assert "casus" not in alert.text
        assert page.form("/")


def test_a_long_list_turns_its_pages(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casus.web.pages.explore.PAGE", 1)
    for order in ("latest", "earliest"):
        at, seen = f"/?order={order}", []
        while at:
            page = look(client, at)
            seen.append(page.of_class("what")[0].text)
            ahead = [a.attrs["href"] for a in page.all("a") if a.attrs.get("rel") == "next"]
            back = [a.attrs["href"] for a in page.all("a") if a.attrs.get("rel") == "prev"]
            if back:
                assert look(client, back[0]).of_class("what")[0].text == seen[-2]
            at = ahead[0] if ahead else ""
        assert len(seen) == len(set(seen)) == 3


def test_an_event_says_what_who_and_in_which_words(client: TestClient, path: Path) -> None:
    page = look(client, f"/events/{disputed(path).id}")
    assert page.all("h1")[0].text == "Pakistan attacked Iran in Saravan, 18 January 2024: 7 killed (7-9)"
    assert [q.text for q in page.of_class("sentence")]
    assert "bombed" in [m.text for m in page.all("mark")]
    assert "killed: low 7, best 7, high 9" in [s.attrs.get("aria-label") for s in page.all("svg")]
    (conflict,) = page.of_class("conflict")
    assert conflict.text.startswith("killed open")
    assert "state television media" in conflict.text
    assert "Versions" in page.text


def test_an_id_may_be_short_and_one_that_ended_leads_on(client: TestClient, path: Path) -> None:
    event = disputed(path)
    assert look(client, f"/events/{event.id[:10]}").all("h1")
    assert "There" not in look(client, "/events/evt_nope", 404).all("h1")[0].text
    with casus.open(path) as ledger:
        one, other = (e.id for e in ledger.events(type="ASSAULT"))
        ended = ledger.merge(one, other, by="ana").changes.ended[0]
    assert "has ended and leads here" in look(client, f"/events/{ended}").text


def test_a_document_marks_its_claims_where_they_stand(client: TestClient, path: Path) -> None:
    with casus.open(path) as ledger:
        document = next(d for d in ledger.documents() if d.title == "Nine dead in Saravan")
    page = look(client, f"/documents/{document.id}")
    assert [m.text for m in page.all("mark")] == ["bombed", "struck"]
    assert len(page.of_class("card")) == 2
    text = page.of_class("text")[0].text
    assert "Pakistan bombed" in text.replace(" 1 ", " ").replace("bombed1", "bombed")


def test_a_dyad_says_who_did_it(client: TestClient) -> None:
    page = look(client, "/dyads/IRN--PAK")
    assert page.all("h1")[0].text == "Iran and Pakistan"
    assert sorted(tag.text for tag in page.all("td") if tag.attrs.get("class") == "way") == ["first", "second"]
    assert look(client, "/dyads?a=Iran&b=Pakistan").all("h1")[0].text == "Iran and Pakistan"
    assert look(client, "/dyads/IRN", 400)
    assert look(client, "/dyads/IRN--Iran", 400)


# ------------------------------------------------------------------ deciding, without JavaScript


def send(client: TestClient, action: str, fields: dict[str, str]) -> Page:
    """Sends a form as a browser does, and follows to the page after it."""
    answer = client.post(action, data=fields)
    assert answer.status_code == 303, answer.text
    return look(client, answer.headers["location"])


def test_settling_goes_on_and_can_be_undone(client: TestClient, path: Path) -> None:
    page = look(client, "/review")
    form = page.form("/review/settle", value="9")
    after = send(client, "/review/settle", {**form, "reason": "the hospital's list"})
    assert "Decided: settle" in after.text
    assert "Nothing to look at here" in after.text
    with casus.open(path) as ledger:
        (decision,) = ledger.decisions()
        assert (decision.by, decision.after, decision.reason) == ("ana", "9", "the hospital's list")
    undone = send(client, "/review/undo", after.form("/review/undo"))
    assert undone.form("/review/settle", value="9")


def test_what_has_changed_meanwhile_is_not_decided(client: TestClient, path: Path) -> None:
    form = look(client, "/review").form("/review/settle", value="9")
    with casus.open(path) as ledger:
        ledger.set(form["event"], "injured", "3", by="ben")
    answer = client.post("/review/settle", data=form)
    assert answer.status_code == 409
    assert Page(answer.text).all("h1")[0].text == "Conflict"
    with casus.open(path) as ledger:
        assert len(ledger.decisions()) == 1


def test_a_form_without_its_token_is_refused(client: TestClient, path: Path) -> None:
    form = look(client, "/review").form("/review/settle", value="9")
    assert client.post("/review/settle", data={**form, "form_token": "0" * 64}).status_code == 403
    with casus.open(path) as ledger:
        assert not ledger.decisions()


def test_reject_split_merge_and_set(client: TestClient, path: Path) -> None:
    event = disputed(path)
    here = f"/review?event={event.id}"
    send(client, "/review/set", {**look(client, here).form("/review/set"), "field": "injured", "value": "2-3-5"})
    split = {**look(client, here).form("/review/split"), "claim": event.claims[0]}
    send(client, "/review/split", split)
    with casus.open(path) as ledger:
        assert len(ledger.events()) == 4
        other = ledger.event_of(event.claims[0])
        assert other is not None
    send(client, "/review/merge", {**look(client, here).form("/review/merge"), "other": other.id})
    reject = look(client, here).form("/review/reject")
    send(client, "/review/reject", {**reject, "claim": event.claims[1], "reason": "another day"})
    with casus.open(path) as ledger:
        assert [d.action for d in ledger.decisions()] == ["set", "split", "merge", "reject"]
        assert len(ledger.events()) == 3


def test_one_who_may_only_read_sees_no_forms(path: Path) -> None:
    from tests.web import SECRETS, tokens  # noqa: PLC0415 - hashing tokens takes a while

    with serving(path, tokens=tokens()) as client:
        headers = {"Authorization": f"Bearer {SECRETS['read']}"}
        answer = client.get("/review", headers=headers)
        assert answer.status_code == 200
        assert not [f for f in Page(answer.text).all("form") if f.attrs.get("method") == "post"]


def test_a_decision_leads_back_to_this_server_alone(client: TestClient) -> None:
    form = look(client, "/review").form("/review/settle", value="9")
    for back in ("//example.org/", "https://example.org/", "/\\example.org"):
        after = client.post("/review/settle", data={**form, "back": back}).headers["location"]
        assert after.startswith("/review?done=")
        client.post("/review/undo", data=look(client, after).form("/review/undo"))
        form = look(client, "/review").form("/review/settle", value="9")


# ------------------------------------------------------------------ an empty ledger, and look


def test_an_empty_ledger_has_all_pages(tmp_path: Path) -> None:
    with casus.open(tmp_path / "x.casus", create=True):
        pass
    with serving(tmp_path / "x.casus") as client:
        for one in PATHS:
            assert look(client, one).all("h1")
        assert "casus add" in look(client, "/").text


def test_style_and_script_come_from_here(client: TestClient) -> None:
    css = client.get("/static/casus.css").text
    assert "@import" not in css
    assert "url(" not in css
    for words in ("prefers-color-scheme: dark", "@media print", ":focus-visible", "tabular-nums", "max-width: 720px"):
        assert words in css
    assert "http" not in client.get("/static/review.js").text
    assert client.get("/static/../app.py").status_code == 404
