"""Words for relating claims: a small stemmer, families of event words, articles that point back.

Families are from knowledge of news English: two words of one family can tell one event ("raid", "storming"),
and some families name means and harm of one event ("bombing", "killed").
"""

from __future__ import annotations

from functools import cache, lru_cache

from casus.text import fold


def _words(together: str) -> frozenset[str]:
    return frozenset(together.split())


# before a noun: it was told before ("the attack", "this exchange", "its strike")
POINTS_BACK = _words("the this that these those such said same his her its their our both")
# before a noun: a new one
POINTS_NEW = _words(
    "a an another other new fresh separate second third fourth fifth further more previous earlier "
    "similar different every each several many two three four five some"
)
PRONOUNS = _words(
    "he she it they him her them his its their we us our i me my you who which whom that this those these "
    "one others both all someone somebody anyone himself herself itself themselves"
)

_IRREGULAR = {
    "fought": "fight", "shot": "shoot", "met": "meet", "held": "hold", "struck": "strike", "slain": "slay",
    "slew": "slay", "took": "take", "taken": "take", "said": "say", "told": "tell", "gave": "give",
    "given": "give", "sent": "send", "left": "leave", "withdrew": "withdraw", "withdrawn": "withdraw",
    "withdrawal": "withdraw", "fell": "fall", "fallen": "fall", "blew": "blow", "blown": "blow",
    "sought": "seek", "brought": "bring", "bought": "buy", "broke": "break", "broken": "break",
    "dead": "die", "death": "die", "deaths": "die", "died": "die", "dying": "die", "dies": "die",
    "detention": "detain", "imprisonment": "imprison", "conviction": "convict", "expulsion": "expel",
    "expulsions": "expel", "invasion": "invade", "explosion": "explode", "explosions": "explode",
    "abduction": "abduct", "abductions": "abduct", "deployment": "deploy", "refusal": "refuse",
    "refusing": "refuse", "denial": "deny", "denied": "deny", "denies": "deny", "threat": "threaten",
    "threats": "threaten", "accusation": "accuse", "accusations": "accuse", "criticism": "criticize",
    "criticise": "criticize", "condemnation": "condemn", "agreement": "agree", "agreements": "agree",
    "seizure": "seize", "talks": "talk", "speech": "speak", "spoke": "speak", "visitor": "visit",
    "assassination": "assassinate", "occupation": "occupy", "occupied": "occupy", "ceasefire": "ceasefire",
    "cease-fire": "ceasefire", "truce": "ceasefire", "laid": "lay", "trade": "trade", "drove": "drive",
    "driven": "drive", "hid": "hide", "shut": "shut", "beat": "beat", "beaten": "beat", "hit": "hit",
    "resolution": "resolve", "proposal": "propose", "recognition": "recognize", "suspension": "suspend",
}  # fmt: skip

_SUFFIXES = (
    "ations", "ation", "ments", "ment", "ings", "ing", "ions", "ion", "ers", "ors", "ies", "ied", "ed", "er",
    "or", "es", "s", "e",
)  # fmt: skip

_FAMILIES = {
    "harm": "kill die slay murder assassinate massacre fatal casualty wound injure execute behead hurt lynch "
    "genocide slaughter victim toll bloodshed",
    "attack": "attack assault raid storm strike bomb bombard bombardment shell blast explode airstrike fire "
    "missile rocket offensive ambush shoot gun gunfire hit blow violence operation incident target invade "
    "incursion launch drone suicide-bombing detonate pound campaign rampage siege stab vehicle ram firing",
    "clash": "fight clash battle skirmish gunbattle firefight combat conflict war violence exchange engage",
    "abduct": "abduct kidnap hostage capture seize snatch hold take",
    "take": "capture seize overrun retake recapture occupy topple oust overthrow invade control take fall "
    "clear liberate conquer",
    "rally": "protest demonstrate demonstration rally march gather chant sit-in riot unrest street uprising "
    "picket movement revolt crowd turn disorder loot torch vandal",
    "walkout": "strike walkout boycott stoppage hunger",
    "arrest": "arrest detain custody jail imprison hold round prison sweep raid capture apprehend bar",
    "shut": "ban block shut close censor restrict curb crackdown bar limit suspend prohibit blacklist",
    "coup": "coup overthrow oust topple putsch takeover seize depose power",
    "expel": "deport expel evict remove",
    "meet": "meet talk summit discuss discussion conversation speak conference session negotiate consult "
    "dialogue gather host receive hold telephone call mediate round",
    "travel": "visit trip travel tour arrive stop fly journey welcome go come",
    "accuse": "accuse allege blame charge claim suspect say",
    "condemn": "condemn criticize denounce slam blast deplore decry disapprove outrage call lash rebuke summon "
    "criticise despicable",
    "inquire": "investigate probe inquiry examine look",
    "ask": "call urge demand appeal ask request want press plead petition insist push seek",
    "deal": "agree sign deal accord pact settle settlement resolve treaty vow pledge promise commit memorandum",
    "drill": "drill exercise maneuver train manoeuvre",
    "send": "deploy send dispatch mass mobilize reinforce station patrol move arrive guard position boost",
    "relief": "aid assist help provide deliver give donate support relief fund send supply assistance airdrop "
    "shelter convoy rescue grant package",
    "leave": "withdraw leave pull quit retreat evacuate exit depart pullout resign step home flee",
    "free": "release free freed amnesty pardon",
    "stop-fire": "ceasefire truce cease halt lull pause",
    "punish": "sanction embargo penalty punish freeze blacklist",
    "sentence": "convict sentence conviction guilty verdict trial",
    "warn": "threaten warn vow threat ultimatum",
    "refuse": "reject refuse deny decline dismiss veto rebuff denial rule oppose",
    "praise": "praise welcome support endorse back hail defend recognize apologize applaud thank commend",
}


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """A rough stem of one English word; the same for most inflected and derived forms."""
    word = word.lower().strip("'’\"“”.,;:")
    word = word.removesuffix("'s").removesuffix("’s")
    if word in _IRREGULAR:
        return _IRREGULAR[word].removesuffix("e")
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            word = word[: -len(suffix)]
            break
    if len(word) > 4 and word[-1] == word[-2] and word[-1] not in "sl":
        word = word[:-1]
    return word


@cache
def _families() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for name, members in _FAMILIES.items():
        for member in members.split():
            found.setdefault(stem(member), set()).add(name)
    return {key: frozenset(names) for key, names in found.items()}


def families(stems: frozenset[str]) -> frozenset[str]:
    """The names of the families that hold any of these stems."""
    table = _families()
    return frozenset(name for key in stems for name in table.get(key, ()))


_EMPTY = _words(
    "the a an of in on at to for by with from and or but as that this it its he she they his her their "
    "was were is are be been has have had will would could may might not no who which after before over "
    "into about than more also out up down off said says told us"
)


def content_stems(words: list[str]) -> frozenset[str]:
    """Stems of the words that carry meaning, accents and case folded away."""
    # folding is slow, and most words are plain
    kept = (w.lower() if w.isascii() else fold(w) for w in words if w[:1].isalnum())
    return frozenset(stem(w) for w in kept if w not in _EMPTY and w)
