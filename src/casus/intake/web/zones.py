"""Countries and their time zones: the local time of a moment, and what "PKT" or "ET" on a page stands for."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta, timezone
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

# ISO 3166: alpha-2 and alpha-3 of every country, and XK for Kosovo, which the standard leaves to its users.
_CODES = """
    ADAND AEARE AFAFG AGATG AIAIA ALALB AMARM AOAGO AQATA ARARG ASASM ATAUT AUAUS AWABW AXALA AZAZE BABIH BBBRB BDBGD
    BEBEL BFBFA BGBGR BHBHR BIBDI BJBEN BLBLM BMBMU BNBRN BOBOL BQBES BRBRA BSBHS BTBTN BVBVT BWBWA BYBLR BZBLZ CACAN
    CCCCK CDCOD CFCAF CGCOG CHCHE CICIV CKCOK CLCHL CMCMR CNCHN COCOL CRCRI CUCUB CVCPV CWCUW CXCXR CYCYP CZCZE DEDEU
    DJDJI DKDNK DMDMA DODOM DZDZA ECECU EEEST EGEGY EHESH ERERI ESESP ETETH FIFIN FJFJI FKFLK FMFSM FOFRO FRFRA GAGAB
    GBGBR GDGRD GEGEO GFGUF GGGGY GHGHA GIGIB GLGRL GMGMB GNGIN GPGLP GQGNQ GRGRC GSSGS GTGTM GUGUM GWGNB GYGUY HKHKG
    HMHMD HNHND HRHRV HTHTI HUHUN IDIDN IEIRL ILISR IMIMN ININD IOIOT IQIRQ IRIRN ISISL ITITA JEJEY JMJAM JOJOR JPJPN
    KEKEN KGKGZ KHKHM KIKIR KMCOM KNKNA KPPRK KRKOR KWKWT KYCYM KZKAZ LALAO LBLBN LCLCA LILIE LKLKA LRLBR LSLSO LTLTU
    LULUX LVLVA LYLBY MAMAR MCMCO MDMDA MEMNE MFMAF MGMDG MHMHL MKMKD MLMLI MMMMR MNMNG MOMAC MPMNP MQMTQ MRMRT MSMSR
    MTMLT MUMUS MVMDV MWMWI MXMEX MYMYS MZMOZ NANAM NCNCL NENER NFNFK NGNGA NINIC NLNLD NONOR NPNPL NRNRU NUNIU NZNZL
    OMOMN PAPAN PEPER PFPYF PGPNG PHPHL PKPAK PLPOL PMSPM PNPCN PRPRI PSPSE PTPRT PWPLW PYPRY QAQAT REREU ROROU RSSRB
    RURUS RWRWA SASAU SBSLB SCSYC SDSDN SESWE SGSGP SHSHN SISVN SJSJM SKSVK SLSLE SMSMR SNSEN SOSOM SRSUR SSSSD STSTP
    SVSLV SXSXM SYSYR SZSWZ TCTCA TDTCD TFATF TGTGO THTHA TJTJK TKTKL TLTLS TMTKM TNTUN TOTON TRTUR TTTTO TVTUV TWTWN
    TZTZA UAUKR UGUGA UMUMI USUSA UYURY UZUZB VAVAT VCVCT VEVEN VGVGB VIVIR VNVNM VUVUT WFWLF WSWSM YEYEM YTMYT ZAZAF
    ZMZMB ZWZWE XKXKX
"""
# Minutes from UTC; where two countries use the same letters for different times, by country.
_OFFSETS: dict[str, int] = {
    "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WEST": 60, "CET": 60, "CEST": 120, "EET": 120, "EEST": 180, "MSK": 180,
    "TRT": 180, "SAST": 120, "CAT": 120, "EAT": 180, "WAT": 60, "IRST": 210, "IRDT": 270, "AFT": 270, "PKT": 300,
    "NPT": 345, "BDT": 360, "MMT": 390, "ICT": 420, "WIB": 420, "WITA": 480, "WIT": 540, "PHT": 480, "PHST": 480,
    "SGT": 480, "MYT": 480, "HKT": 480, "AWST": 480, "JST": 540, "KST": 540, "ACST": 570, "ACDT": 630, "AEST": 600,
    "AEDT": 660, "NZST": 720, "NZDT": 780, "EST": -300, "EDT": -240, "CDT": -300, "MDT": -360, "PDT": -420,
    "AKST": -540, "HST": -600, "ART": -180, "BRT": -180, "COT": -300, "PET": -300, "VET": -240, "IDT": 180,
}  # fmt: skip
_BY_COUNTRY: dict[str, dict[str, int]] = {
    "IST": {"IND": 330, "LKA": 330, "ISR": 120, "IRL": 60},
    "BST": {"GBR": 60, "BGD": 360},
    "CST": {"USA": -360, "CAN": -360, "MEX": -360, "CHN": 480, "TWN": 480, "CUB": -300},
    "PST": {"USA": -480, "CAN": -480, "PHL": 480},
    "MST": {"USA": -420, "CAN": -420, "MMR": 390},
    "AST": {"CAN": -240, "PRI": -240, "SAU": 180, "IRQ": 180, "KWT": 180, "QAT": 180, "BHR": 180, "YEM": 180},
    "GST": {"ARE": 240, "OMN": 240, "GEO": 240},
    "ADT": {"CAN": -180},
}
_ZONES = {
    "ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles",
}  # fmt: skip


@cache
def countries() -> dict[str, str]:
    """ISO 3166 alpha-3 by alpha-2."""
    return {code[:2]: code[2:] for code in _CODES.split()}


@cache
def zones_of(country: str) -> tuple[str, ...]:
    """The names of a country's time zones (alpha-3), from the zone.tab of the time zone database."""
    return _zones().get(country, ())


@cache
def _zones() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    table = (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    for line in table.splitlines():
        cells = line.split("\t")
        # one country has a zone that its own outlets do not write in
        if len(cells) > 2 and cells[2] != "Asia/Urumqi" and (iso3 := countries().get(cells[0])):
            found[iso3].append(cells[2])
    # Kosovo keeps the time of Belgrade and has no line of its own
    return {"XKX": ("Europe/Belgrade",)} | {iso3: tuple(names) for iso3, names in found.items()}


def local(moment: datetime, country: str | None) -> tuple[date | None, datetime | None]:
    """The day of an aware moment in a country, where all its zones have the same; and the moment in its own time,
    where all its zones have one offset."""
    here = [moment.astimezone(ZoneInfo(name)) for name in zones_of(country or "")]
    days, offsets = {h.date() for h in here}, {h.utcoffset() for h in here}
    offset = offsets.pop() if len(offsets) == 1 else None
    return days.pop() if len(days) == 1 else None, None if offset is None else moment.astimezone(timezone(offset))


def offset_of(zone: str, country: str | None, day: date) -> timedelta | None:
    """How far from UTC the zone of these letters is on a day ("PKT", "ET", "GMT+3"); None where that is not certain."""
    zone = zone.upper()
    if zone in _OFFSETS:
        return timedelta(minutes=_OFFSETS[zone])
    if zone in _ZONES:
        return datetime.combine(day, time(12), ZoneInfo(_ZONES[zone])).utcoffset()
    if zone in _BY_COUNTRY:
        minutes = _BY_COUNTRY[zone].get(country or "")
        return None if minutes is None else timedelta(minutes=minutes)
    if zone.startswith(("GMT", "UTC")) and zone[3:4] in {"+", "-"}:
        hours, _, minutes_after = zone[4:].partition(":")
        if hours.isdigit() and int(hours) <= 14:
            size = timedelta(hours=int(hours), minutes=int(minutes_after) if minutes_after.isdigit() else 0)
            return size if zone[3] == "+" else -size
    return None
