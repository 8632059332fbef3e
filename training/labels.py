"""The label sets of every head, in the order in which the exported model holds them."""

from __future__ import annotations

TYPES = [
    "AGREE", "CONSULT", "SUPPORT", "CONCEDE", "COOPERATE", "AID", "RETREAT", "REQUEST", "ACCUSE", "REJECT",
    "THREATEN", "PROTEST", "SANCTION", "MOBILIZE", "COERCE", "ASSAULT",
]  # fmt: skip
MODES = {
    "CONSULT": "visit third-party multilateral phone",
    "RETREAT": "withdraw release disarm ceasefire access resign return",
    "REQUEST": "assist change yield meet",
    "ACCUSE": "disapprove investigate allege",
    "REJECT": "assist change yield meet",
    "THREATEN": "restrict arrest relations expel territory violence ban",
    "PROTEST": "demo riot strike hunger boycott obstruct vandalize",
    "SANCTION": "convict expel withdraw discontinue",
    "MOBILIZE": "troops weapons police militia",
    "COERCE": "seize restrict censor curfew martial-law arrest deport withhold misinformation cyber ban",
    "ASSAULT": "abduct beat torture sexual targeted destroy primitive firearms explosives suicide-attack aerial "
    "drone heavy-weapons crowd-control unconventional",
}
# one flat list: "TYPE" (no mode) or "TYPE/mode"; the mode head is read among its type's own entries
TYPE_MODES = [t + m for t in TYPES for m in ["", *("/" + x for x in MODES.get(t, "").split())]]
STATUSES = ["happened", "denied", "planned", "hypothetical"]
ROLES = ["actor", "recipient", "place", "date", "weapon", "killed", "injured", "detained", "source"]
NAMES = ["O"] + [f"{b}-{t}" for t in ["PER", "ORG", "LOC", "NORP", "FAC", "WEA"] for b in "BI"]

# PropBank arguments and the event arguments of the other corpora share the pair scorer's body and have
# outputs of their own, used in pre-training only.
FRAME_ROLES = [
    "ARG0", "ARG1", "ARG2", "ARG3", "ARG4", "ARGM-LOC", "ARGM-TMP", "ARGM-MNR", "ARGM-ADV", "ARGM-PRP",
    "ARGM-CAU", "ARGM-DIR", "ARGM-NEG", "ARGM-MOD",
]  # fmt: skip

# GENEVA frames and WikiEvents types that are a PLOVER type when a political actor does them.
# Frames whose deeds spread over many types (Statement, Motion, ...) stay out: they train only their own head.
TO_PLOVER = {
    "Assistance": "AID", "Supply": "AID", "Giving": "AID", "Transaction.Donation": "AID",
    "Hostile_encounter": "ASSAULT", "Attack": "ASSAULT", "Killing": "ASSAULT", "Terrorism": "ASSAULT",
    "Destroying": "ASSAULT", "Damaging": "ASSAULT", "Bodily_harm": "ASSAULT", "Conquering": "ASSAULT",
    "Conflict.Attack": "ASSAULT", "Life.Die": "ASSAULT", "Life.Injure": "ASSAULT",
    "Arrest": "COERCE", "Justice.ArrestJailDetain": "COERCE", "Hindering": "COERCE", "Legality": "COERCE",
    "Control.ImpedeInterfereWith": "COERCE",
    "Judgment_communication": "ACCUSE", "Criminal_investigation": "ACCUSE", "Quarreling": "ACCUSE",
    "Justice.ChargeIndict": "ACCUSE", "Justice.InvestigateCrime": "ACCUSE", "Scrutiny": "ACCUSE",
    "Sign_agreement": "AGREE", "Commitment": "AGREE", "Ratification": "AGREE",
    "Collaboration": "COOPERATE", "Request": "REQUEST", "Contact.RequestCommand": "REQUEST",
    "Contact.ThreatenCoerce": "THREATEN", "Protest": "PROTEST", "Conflict.Demonstrate": "PROTEST",
    "Justice.Sentence": "SANCTION", "Justice.Convict": "SANCTION", "Justice.ReleaseParole": "RETREAT",
    "Justice.Acquit": "RETREAT", "Personnel.EndPosition": "RETREAT", "Supporting": "SUPPORT",
    "Contact.Contact": "CONSULT", "Social_event": "CONSULT", "Come_together": "CONSULT",
    "Defending": "MOBILIZE", "GetReady": "MOBILIZE", "Bearing_arms": "MOBILIZE", "Agree_or_refuse_to_act": "REJECT",
}  # fmt: skip

# Arguments of those corpora that stand where our roles stand.
TO_ROLE = {
    "Agent": "actor", "Assailant": "actor", "Attacker": "actor", "Killer": "actor", "Terrorist": "actor",
    "Jailer": "actor", "Authorities": "actor", "Helper": "actor", "Supplier": "actor", "Donor": "actor",
    "Demonstrator": "actor", "Speaker": "actor", "Communicator": "actor", "Signatory": "actor", "Partners": "actor",
    "Victim": "recipient", "Target": "recipient", "Detainee": "recipient", "Benefited_party": "recipient",
    "Recipient": "recipient", "Addressee": "recipient", "Defendant": "recipient", "Patient": "recipient",
    "Place": "place", "Location": "place", "Time": "date", "Instrument": "weapon", "Weapon": "weapon",
    "ExplosiveDevice": "weapon", "JudgeCourt": "actor", "Participant": "actor", "Prosecutor": "actor",
    "Investigator": "actor",
}  # fmt: skip
