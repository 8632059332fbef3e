"""The words of counted harm: verbs and nouns of killing, wounding, detaining; people and what is no person."""

from __future__ import annotations

import re

from casus.records import Measure

# Each measure's words. `passive` ones need a passive or a participle when the count stands before them
# ("nine were killed"), for `state` ones it is the subject anyway ("nine died", "nine dead").
_PASSIVE = {
    "killed": r"killed|slain|murdered|massacred|executed|beheaded|slaughtered|butchered|assassinated"
    r"|hanged|lynched|"
    r"gunned\sdown|mowed\sdown|cut\sdown|shot\s(?:dead|to\sdeath)|shot\sand\skilled|fatally\sshot"
    r"|stabbed\sto\sdeath|"
    r"beaten\sto\sdeath|burn(?:ed|t)\s(?:alive|to\sdeath)|put\sto\sdeath|crushed\sto\sdeath"
    r"|stoned\sto\sdeath|martyred|neutrali[sz]ed",
    "injured": r"wounded|injured|hurt|maimed|hospitali[sz]ed|stabbed|shot(?!\s(?:dead|down|at|to\b|up"
    r"|and\skilled))",
    "detained": r"arrested|detained|jailed|imprisoned|captured|abducted|kidnapped|rounded\sup|apprehended|"
    r"taken\s(?:hostage|captive|prisoner|into\scustody)|sentenced|interned|taken\saway|hauled\soff"
    r"|locked\sup|picked\sup|"
    r"held|swept\sup|remanded",
    "displaced": r"displaced|uprooted|driven\sfrom\stheir\shomes|forced\s(?:to\sflee|from\stheir\shomes)"
    r"|made\shomeless",
    "missing": r"(?:reported|listed)\smissing",
}
_STATE = {
    "killed": r"dead|died|dies|die|perished|lost\stheir\s(?:lives|life)|have\slost\stheir\slives"
    r"|killed\sin\saction|lives\slost|suffocated|drowned",
    "injured": r"(?:suffered|sustained)\s(?:\w+\s)?(?:injuries|wounds)",
    "detained": r"(?:on|remain\son)\sdeath\srow|behind\sbars|in\s(?:jail|prison|detention|custody)",
    "displaced": r"fled(?:\stheir\shomes)?|homeless",
    "missing": r"missing|unaccounted\sfor",
}
_ACTIVE = {
    "killed": r"kill|kills|killing|execute|murder|behead|massacre|slaughter|assassinate|slaying|slew"
    r"|murdering|massacring|executing|beheading|slaughtering|hanging|lynching|shooting\sdead|"
    r"gunning\sdown|assassinating|cut\sdown|picked\soff|took\sout|butchering|leaving\sdead|claim(?:s|ed"
    r"|ing)\s(?:the\slives\sof)|"
    r"(?:cost|costing|took|taking)\sthe\slives\sof|neutrali[sz]ing|lynches|beheads|executes|lost|losing"
    r"|loses",
    "injured": r"wound|wounds|wounding|injure|injures|injuring|hurting|maiming|stabbing|hurts|maims",
    "detained": r"arrest|arrests|arresting|detain|detains|detaining|jail|jails|jailing|imprisoning"
    r"|capture|captures|capturing|abduct|"
    r"abducts|abducting|kidnap|kidnaps|kidnapping|rounding\sup|rounds\sup|apprehending|apprehends"
    r"|sentencing|seizing|holding|"
    r"(?:take|takes|took|taking)(?=\s[^.;]{1,60}\s(?:into\scustody|hostage|captive|prisoner))",
    "displaced": r"displace|displaces|displacing|uprooting|forcing",
    "missing": r"",
}
_NOUN = {
    "killed": r"deaths?|killings?|murders?|executions?|massacres?|slayings?|beheadings?|slaughter"
    r"|assassinations?|fatalities|shooting\sdeaths|lynchings?",
    "injured": r"wounding|injuries",
    "detained": r"arrests?|detentions?|capture|abductions?|kidnappings?|imprisonment|sentencing",
    "displaced": r"displacement",
    "missing": r"disappearances?",
}
# nouns that are counted themselves: "31 deaths", "370 arrests"
_COUNTED = {
    "killed": r"deaths|fatalities|killings|murders|executions|(?<!the\s)lives|beheadings|assassinations"
    r"|victims\sdead",
    "injured": r"injuries",
    "detained": r"arrests|detentions|abductions|kidnappings|detainees",
    "displaced": r"",
    "missing": r"disappearances",
}
TOLL = re.compile(
    r"\b(?:death\stoll|toll(?:\sof\sdead)?|number\sof\s(?:deaths|dead|people\skilled|fatalities|victims))\b",
    re.IGNORECASE,
)


def _compiled(words: dict[str, str]) -> tuple[tuple[Measure, re.Pattern[str]], ...]:
    return tuple(
        (measure, re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE))  # type: ignore[misc]
        for measure, pattern in words.items()
        if pattern
    )


PASSIVE = _compiled(_PASSIVE)
STATE = _compiled(_STATE)
ACTIVE = _compiled(_ACTIVE)
NOUN = _compiled(_NOUN)
COUNTED = _compiled(_COUNTED)

# People who can be counted one by one; singular. The plural is made by rule where a rule is needed.
PERSON = (
    r"(?:man|woman|boy|girl|child|baby|infant|teenager|youth|person|civilian|resident|villager|soldier"
    r"|policeman|policewoman"
    r"|serviceman|officer|guard|fighter|militant|rebel|gunman|attacker|insurgent|terrorist|jihadist"
    r"|bomber|assailant|trooper"
    r"|marine|sailor|airman|pilot|paratrooper|peacekeeper|ranger|commander|general|colonel|major|captain"
    r"|lieutenant|sergeant"
    r"|journalist|reporter|cameraman|photographer|blogger|editor|activist|protester|protestor"
    r"|demonstrator|student|pupil"
    r"|teacher|doctor|nurse|medic|paramedic|driver|farmer|herder|fisherman|worker|employee|volunteer"
    r"|contractor|engineer"
    r"|priest|pastor|imam|cleric|nun|monk|bishop|missionary|tourist|passenger|pedestrian|bystander"
    r"|passerby|migrant|refugee"
    r"|asylum\sseeker|hostage|prisoner|detainee|inmate|captive|suspect|politician|lawmaker|mayor|governor"
    r"|minister|senator"
    r"|candidate|diplomat|ambassador|envoy|consul|lawyer|judge|prosecutor|official|leader|member|victim"
    r"|citizen|national"
    r"|American|Israeli|Palestinian|Russian|Ukrainian|Iranian|Iraqi|Syrian|Afghan|Pakistani|Indian"
    r"|Jordanian|Turk|Frenchman"
    r"|Briton|German|Italian|Spaniard|Chinese|Japanese|Korean|Filipino|Kurd|Saudi|Yemeni|Egyptian|Libyan"
    r"|Nigerian|Somali"
    r"|Kenyan|Ethiopian|Colombian|Mexican|Venezuelan|Australian|Canadian|Dane|Swede|Norwegian|Pole|Czech"
    r"|Armenian|Georgian"
    r"|chief|negotiator|spokesman|spokeswoman|treasurer|fiancé|fiancée"
    r"|brother|sister|son|daughter|wife|husband|father|mother|uncle|aunt|cousin|nephew|niece|relative"
    r"|grandmother|grandfather"
    r"|friend|colleague|bodyguard|aide|deputy|spy|informant|collaborator|shopkeeper|trader|taxi\sdriver"
    r"|truck\sdriver|motorist"
    r"|couple|\d{1,2}-year-old)"
)
FAMILY = (
    r"(?:brother|sister|son|daughter|wife|husband|father|mother|uncle|aunt|cousin|nephew|niece"
    r"|driver|bodyguard|child|baby|assistant|deputy|aide)"
)

# What follows a number that does not count people.
NOT_PEOPLE = re.compile(
    r"(?:\s[a-z]+)?\s?-?(?:years?|months?|weeks?|days?|hours?|minutes?|seconds?|kilomet(?:er|re)s?|km"
    r"|miles?|met(?:er|re)s?|feet|foot|yards?|inches"
    r"|percent|per\scent|percentage|dollars?|euros?|pounds|rubles?|cents?|times|degrees|acres|hectares"
    r"|tons?|tonnes?|kilos?|kilograms?"
    r"|barrels|gallons|lit(?:er|re)s|rounds|bullets|bombs|missiles|rockets|shells|drones|tanks|vehicles"
    r"|cars|trucks|buses"
    r"|planes|aircraft|jets|helicopters|ships|boats|weapons|guns|rifles|mortars|houses|homes|buildings"
    r"|villages|towns"
    r"|cities|schools|hospitals|mosques|churches|attacks|strikes|airstrikes|air\sstrikes|raids|explosions"
    r"|blasts|incidents|videos|operations"
    r"|clashes|cases|countries|states|provinces|districts|areas|places|sites|targets|positions|bases"
    r"|reports|occasions|charges|counts"
    r"|animals|cattle|cows|sheep|goats|camels|horses|dogs|birds|elephants|bank\saccounts|websites"
    r"|accounts|seats|votes|a\.m|p\.m|GMT|o'clock|others\ssay)\b",
    re.IGNORECASE,
)
# "nine wounded" and "nine dead" may stand alone, "in the 2 January attack" may not
MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\.?)"
)
