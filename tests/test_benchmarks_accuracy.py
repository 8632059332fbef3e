"""The comparisons with peers: what is counted as right, what is read, and that their pages describe them."""

from __future__ import annotations

import argparse
import gzip
import json
import re
from functools import cache
from pathlib import Path

import pytest

from benchmarks.accuracy import cameo_triples as cameo
from benchmarks.accuracy import plover_types as plover
from benchmarks.accuracy import toponym_xml, toponyms
from benchmarks.accuracy.scoring import Counts, by_label, macro_f1, margin, paired, read_text
from benchmarks.accuracy.toponym_xml import Toponym, located, page_title, parse_articles, read_articles
from casus.errors import DataError
from casus.pipeline import Reads
from casus.records import Claim, Document, Participant, Span
from casus.world.place_resolve import PlaceContext
from casus.world.places import PlaceIndex

FOLDER = Path(cameo.__file__).parent
DOCS = (FOLDER.parents[1] / "docs" / "peers.md").read_text(encoding="utf-8")
COMMANDS = {"plover_types": plover, "cameo_triples": cameo, "toponyms": toponyms}


@cache
def index() -> PlaceIndex:
    return PlaceIndex.open()


def side(text: str, words: str, who: str | None = None) -> Participant:
    at = text.index(words)
    return Participant(Span.cut(text, at, at + len(words)), words, who)


def claim(
    text: str,
    trigger: str,
    type: str,
    actors: tuple[Participant, ...] = (),
    recipients: tuple[Participant, ...] = (),
    **more: object,
) -> Claim:
    at = text.index(trigger)
    span, document = Span.cut(text, at, at + len(trigger)), Document.of(text)
    status = str(more.get("status", "happened"))
    return Claim(
        Claim.make_id(document.id, span, type, status), document.id, Span.cut(text, 0, len(text)), span, type,
        actors=actors, recipients=recipients, **more,  # type: ignore[arg-type]
    )  # fmt: skip


# what all share


def test_counts_add_up_and_nothing_found_is_no_error() -> None:
    total = Counts(4, 2, 1) + Counts(1, 2, 1)
    assert (total.precision, total.recall) == (0.5, 0.4)
    assert total.f1 == pytest.approx(4 / 9)
    assert Counts().f1 == 0.0


def test_the_margin_holds_the_share_and_narrows() -> None:
    few, many = margin(3, 6), margin(300, 600)
    assert few[0] < many[0] < 0.5 < many[1] < few[1]
    assert margin(0, 0) == (0.0, 1.0)
    assert margin(5, 5)[1] == 1.0


def test_a_label_that_the_gold_lacks_costs_precision_but_is_no_label_of_the_mean() -> None:
    table = by_label([("AID", "AID"), ("AID", "COERCE"), ("PROTEST", None)])
    assert table["COERCE"] == Counts(0, 1, 0)
    assert macro_f1(table) == pytest.approx((2 / 3 + 0.0) / 2)


def test_pairing_finds_the_most_pairs_and_not_the_first() -> None:
    fits = {("a", 1), ("a", 2), ("b", 1)}
    assert paired(["a", "b"], [1, 2], lambda x, y: (x, y) in fits) == 2


def test_files_may_be_gzipped_and_broken_ones_are_said_to_be(tmp_path: Path) -> None:
    packed = tmp_path / "a.gz"
    packed.write_bytes(gzip.compress("wörd".encode()))
    assert read_text(packed) == "wörd"
    packed.write_bytes(gzip.compress(b"much longer than it is kept")[:15])
    with pytest.raises(DataError, match="not whole"):
        read_text(packed)


# PLOVER types


@pytest.mark.parametrize(
    ("label", "today"),
    [("FIGHT", "ASSAULT"), ("DEMAND", "REQUEST"), ("DISAPPROVE", "ACCUSE"), ("INVESTIGATE", "ACCUSE"), ("AID", "AID")],
)
def test_former_labels_have_todays_names(label: str, today: str) -> None:
    assert plover.todays(label) == today


def test_a_record_without_a_target_and_one_with_a_slip_for_it_are_read() -> None:
    row = {"text": " {Libya agreed.}", "event": "AGREE", "source": [{"actorText": "Libya", "code": "LBY"}]}
    made = plover.as_record({**row, "target": "diplomatic"}, "1")
    assert made == plover.Record("1", "Libya agreed.", "AGREE", (plover.Side("Libya", "LBY"),), ())


def test_of_two_claims_the_one_with_the_given_actors_answers() -> None:
    text = "Rebels kidnapped advisers from Russia and France closed its border with Chad."
    first = claim(text, "kidnapped", "ASSAULT", (side(text, "Rebels"),), (side(text, "Russia", "RUS"),), confidence=0.9)
    second = claim(text, "closed", "COERCE", (side(text, "France", "FRA"),), (side(text, "Chad", "TCD"),))
    record = plover.Record("1", text, "COERCE", (plover.Side("the French", "FRAGOV"),), (plover.Side("Chad"),))
    assert plover.chosen(record, [first, second]) == (second, True)
    stranger = plover.Record("1", text, "COERCE", (plover.Side("Norway", "NOR"),), ())
    assert plover.chosen(stranger, [first, second]) == (first, False)
    assert plover.chosen(record, []) == (None, False)


def test_crossed_sides_count_for_less_than_straight_ones() -> None:
    text = "Mali met Niger and Niger met Mali."
    straight = claim(text, "met", "CONSULT", (side(text, "Mali", "MLI"),), (side(text, "Niger", "NER"),))
    crossed = claim(text, "met", "CONSULT", (side(text, "Niger", "NER"),), (side(text, "Mali", "MLI"),))
    record = plover.Record("1", text, "CONSULT", (plover.Side("Mali"),), (plover.Side("Niger"),))
    assert plover.fit(record, straight) > plover.fit(record, crossed) > 0


def test_where_a_set_says_yield_both_kinds_of_yielding_are_it() -> None:
    records = [plover.Record(str(n), "", type, (), ()) for n, type in enumerate(("YIELD", "RETREAT", "AID"))]
    answers = [plover.Answer("YIELD"), plover.Answer("YIELD"), plover.Answer(None, failed="language")]
    figures = plover.measured(records, answers)
    assert (figures["right"], figures["answered"], figures["could_not_be_read"]) == (2, 2, 1)


@pytest.mark.parametrize("name", ["records.jsonl", "records.tsv"])
def test_records_come_as_json_lines_or_as_a_table(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name.endswith("tsv"):
        path.write_text("id\ttext\tsource\ttarget\tevent\nx\tMali met Chad.\tMali|Bamako\tChad\tCONSULT\n", "utf-8")
    else:
        actors = {"source": [{"actorText": "Mali"}, {"actorText": "Bamako"}], "target": [{"actorText": "Chad"}]}
        path.write_text(json.dumps({"id": "x", "text": "Mali met Chad.", "event": "CONSULT", **actors}), "utf-8")
    (record,) = plover.read_records(path)
    assert [s.words for s in record.sources] == ["Mali", "Bamako"]
    path.write_text(path.read_text("utf-8").replace("CONSULT", "TALK"), "utf-8")
    with pytest.raises(DataError, match="'TALK' is no PLOVER type"):
        plover.read_records(path)


# CAMEO triples


@pytest.mark.parametrize(
    ("given", "side", "same"),
    [
        ("USA", cameo.Side("USA", "Washington", "GOV"), True),
        ("USAGOV", cameo.Side("USA", "Washington", "MIL"), True),
        ("USA", cameo.Side("RUS", "Moscow", "GOV"), False),
        ("IGO", cameo.Side("United Nations", "UN", "IGO"), True),
        ("IGOUNO|the United Nations", cameo.Side("United Nations", "UN", "IGO"), True),
        ("Al-Shabaab", cameo.Side("al Shabaab", "the group", "REB"), True),
        ("PKK", cameo.Side(None, "PKK", "REB"), True),
        ("USA", cameo.Side(None, "gunmen", "UAF"), False),
    ],
)
def test_sides_are_the_same_by_country_sector_or_name(given: str, side: cameo.Side, same: bool) -> None:
    assert cameo.meant(given, side) is same


def test_a_claim_makes_a_triple_of_each_actor_with_each_recipient() -> None:
    text = "France and Spain expelled envoys of Russia."
    actors = (side(text, "France", "FRA"), side(text, "Spain", "ESP"))
    made = cameo.triples(claim(text, "expelled", "SANCTION", actors, (side(text, "Russia", "RUS"),)))
    assert [(t.source.who, t.target.who, t.root) for t in made] == [("FRA", "RUS", "16"), ("ESP", "RUS", "16")]


def test_what_two_did_together_stands_in_both_directions_and_one_alone_in_none() -> None:
    text = "France and Spain signed a treaty."
    both = (side(text, "France", "FRA"), side(text, "Spain", "ESP"))
    assert len(cameo.triples(claim(text, "signed", "AGREE", both))) == 2
    assert cameo.triples(claim(text, "signed", "AGREE", both[:1])) == []
    assert cameo.triples(claim(text, "signed", "AGREE", both, status="denied")) == []


def test_a_triple_counts_only_whole_and_once_a_level() -> None:
    mali, chad = cameo.Side("MLI", "Mali", "GOV"), cameo.Side("TCD", "Chad", "GOV")
    gold = [cameo.Gold("MLI", "TCD", "05", "AGREE"), cameo.Gold("TCD", "MLI", "05", "AGREE")]
    found = [cameo.Triple(mali, chad, "03", "AGREE"), cameo.Triple(mali, chad, "04", "CONSULT")]
    strict, type, sides = (cameo.counted(level, gold, found) for level in cameo.LEVELS)
    assert (strict, type, sides) == (Counts(2, 2, 0), Counts(2, 2, 1), Counts(2, 1, 1))


def test_rows_of_a_sentence_belong_together(tmp_path: Path) -> None:
    path = tmp_path / "coded.csv"
    path.write_text(
        "# a note\nsentence,source,target,cameo\n"
        '"Mali, Chad and ""others"" met.",MLI,TCD,040\n"Mali, Chad and ""others"" met.",TCD,MLI,0400\n'
        "It rained.,,,\nCrowds marched.,MLI,,141\n",
        "utf-8",
    )
    met, rained, marched = cameo.read_sentences(path)
    assert met.text == 'Mali, Chad and "others" met.'
    assert [(g.source, g.root, g.type) for g in met.gold] == [("MLI", "04", "CONSULT"), ("TCD", "04", "CONSULT")]
    assert (rained.gold, rained.one_sided) == ((), 0)
    assert (marched.gold, marched.one_sided) == ((), 1)


@pytest.mark.parametrize(
    ("text", "said"),
    [("sentence\tsource\ttarget\nA b.\tA\tB\n", "line 2 lacks"), ("", ""), (
        "sentence\tsource\ttarget\tcameo\nA b.\tA\tB\t99\n", "line 2: no CAMEO code '99'",
    )],
)  # fmt: skip
def test_a_bad_row_is_named_by_its_line(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "coded.tsv"
    path.write_text(text, "utf-8")
    if not said:
        assert cameo.read_sentences(path) == []
        return
    with pytest.raises(DataError, match=said):
        cameo.read_sentences(path)


def test_the_sentences_that_ship_are_thirty_and_three_tell_nothing() -> None:
    sentences = cameo.read_sentences(cameo.SAMPLE)
    assert len(sentences) == 30
    assert sum(not s.gold for s in sentences) == 3
    assert all(g.type for s in sentences for g in s.gold)


# toponyms


LGL = """<articles><article docid="7"><text>Zahlé and <!-- x -->Tyre &amp; Sidon.</text><toponyms>
<toponym><start>0</start><end>5</end><phrase>Zahlé</phrase><gaztag geonameid="266045"><lat>33.8</lat><lon>35.9</lon>
</gaztag></toponym>
<toponym><start>17</start><end>22</end><phrase>Sidon</phrase></toponym>
<toponym><start>90</start><end>94</end><phrase>Tyre</phrase></toponym></toponyms></article></articles>"""

GEOVIRUS = """<articles><article><text>In Georgia.</text><locations><location><name>Georgia</name><start>4</start>
<end>11</end><lat>42</lat><lon>43.5</lon><page>https://en.wikipedia.org/wiki/Georgia_(country)</page></location>
</locations></article></articles>"""


def test_lgl_and_geovirus_are_read_and_every_phrase_stands_where_it_should() -> None:
    (lgl,), (geovirus,) = parse_articles(LGL.encode()), parse_articles(GEOVIRUS.encode())
    assert (lgl.id, lgl.text, lgl.lost) == ("7", "Zahlé and Tyre & Sidon.", 1)
    assert lgl.toponyms[0] == Toponym(0, 5, "Zahlé", "266045", (33.8, 35.9))
    assert not lgl.toponyms[1].placed
    assert geovirus.toponyms == (Toponym(3, 10, "Georgia", None, (42.0, 43.5), "Georgia"),)
    for article in (lgl, geovirus):
        assert all(article.text[t.start : t.end] == t.phrase for t in article.toponyms)


@pytest.mark.parametrize(
    ("stated", "at"), [(0, 0), (1, 0), (9, 8), (7, 8), (None, None), (8 + toponym_xml.REACH + 5, None), (-50, None)]
)
def test_a_name_is_looked_for_near_its_offset_only(stated: float | None, at: int | None) -> None:
    assert located("Oslo or Oslo", "Oslo", stated) == at


@pytest.mark.parametrize(
    "bad",
    [
        "<articles><article>",
        "<html/>",
        "not xml",
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><articles><article><text>&x;</text></article></articles>',
        '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;">]><articles><article><text>&y;</text></article></articles>',
    ],
)
def test_what_is_no_such_xml_or_hides_entities_is_refused(bad: str) -> None:
    with pytest.raises(DataError):
        parse_articles(bad.encode())


def test_a_page_title_is_the_name() -> None:
    assert page_title("https://en.wikipedia.org/wiki/C%C3%B4te_d%27Ivoire") == "Côte d'Ivoire"
    assert page_title("N/A") == "N/A"


def test_a_country_is_right_by_its_name_and_wrong_by_its_capital() -> None:
    got = index().resolve(("Mexico",), PlaceContext())
    named = Toponym(0, 6, "Mexico", None, (23.0, -102.0), "Mexico")
    assert toponyms.error_km(index(), got, named) == 0.0
    town = Toponym(0, 6, "Mexico", "4398103", (39.2, -91.9))
    assert 2000 < (toponyms.error_km(index(), got, town) or 0) < 3000
    assert toponyms.error_km(index(), index().resolve(("Nowhereville",), PlaceContext()), town) is None


def test_a_missed_name_has_no_answer_end_to_end() -> None:
    gold = Toponym(0, 1, "x", "1", (0.0, 0.0))
    judged = [
        toponyms.Judged(gold, True, 100.0, True, True, ""),
        toponyms.Judged(gold, False, 0.0, True, True, ""),
        toponyms.Judged(gold, True, None, False, False, ""),
    ]
    given, end_to_end = toponyms.placing(judged), toponyms.placing(judged, missed=True)
    assert given["within_161_km"] == pytest.approx(2 / 3)
    assert end_to_end["within_161_km"] == pytest.approx(1 / 3)
    assert (end_to_end["answered"], end_to_end["id_right_where_listed"]) == (1, 0.5)
    assert toponyms.placing([])["mean_km"] == 0.0


def test_demonyms_can_be_left_out_of_what_should_be_found() -> None:
    text = "Turkish trucks left Ankara."
    article = toponym_xml.Article("1", text, (Toponym(0, 7, "Turkish"), Toponym(20, 26, "Ankara")))
    seen = toponyms.Read(index(), article)
    assert toponyms.recognised(seen) == Counts(2, 1, 1)
    assert toponyms.recognised(seen, demonyms=False) == Counts(1, 1, 1)


def test_the_texts_that_ship_are_whole_and_their_ids_are_those_of_the_index() -> None:
    articles = read_articles(toponyms.SAMPLE)
    assert (len(articles), sum(a.lost for a in articles)) == (9, 0)
    for toponym in (t for a in articles for t in a.toponyms):
        assert toponym.geonames in {entry.id for entry in index().lookup(toponym.phrase)}


# the commands


def test_the_commands_run_and_say_that_their_own_samples_prove_little(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], reader: Reads, tmp_path: Path
) -> None:
    monkeypatch.setattr("casus.read", lambda text: reader.read(Document.of(text)))
    assert cameo.main(["--errors", "1"]) == 0
    assert "mean little" in capsys.readouterr().out
    assert toponyms.main(["--json"]) == 0
    assert json.loads(capsys.readouterr().out)["toponyms.xml"]["articles"] == 9
    records = tmp_path / "records.jsonl"
    row = {"text": "Iran shelled a town.", "event": "FIGHT", "source": [{"actorText": "Iran", "code": "IRN"}]}
    records.write_text(json.dumps(row) + "\n", "utf-8")
    assert plover.main([str(records)]) == 0
    assert "1 records, read by words\nroot type right      1.000" in capsys.readouterr().out


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_a_missing_file_is_an_error_of_one_line(name: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert COMMANDS[name].main([str(tmp_path / "absent.jsonl")]) == 1
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_and_option_is_documented(name: str) -> None:
    made: argparse.ArgumentParser = COMMANDS[name].parser()
    assert f"python -m benchmarks.accuracy.{name}" in DOCS
    assert made.prog in (FOLDER / "README.md").read_text(encoding="utf-8")
    flags = {flag for action in made._actions for flag in action.option_strings if flag.startswith("--")}
    assert flags - set(re.findall(r"`(--[a-z-]+)", DOCS)) == set()
