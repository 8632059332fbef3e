"""The second reader: a language model says what a sentence claims, everything else is the shipped reader's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace

from casus.answers import Answers, key_of
from casus.compose import Prepared, Reader, related
from casus.config import Config
from casus.endpoint import Endpoint
from casus.errors import AnswerError, BudgetError, EndpointError, RefusedError, SecondReaderError
from casus.reader.decode import Draft, without_outcomes
from casus.reader.encoder import Floats
from casus.reader.inherit import task_open
from casus.reader.llm.answer import Answer, read_answer
from casus.reader.llm.doubt import doubtful
from casus.reader.llm.prompt import Question, questions, schema
from casus.reader.llm.verify import Dropped, ModelDraft, Words, verified
from casus.records import Claim, Document, Failure

# answers that cannot be used before the document is given up
ANSWERS = 3
# documents without an answer, one after another, before the run ends: one may have been too much for the model
FAILED_IN_ROW = 3
REMINDER = 'Answer with the JSON object {"claims": [...]} alone, in the form described.'
_STOPS: dict[str, type[SecondReaderError]] = {kind.code: kind for kind in (BudgetError, RefusedError)}


class Asker:
    """Asks each question once and for all: of the disk first, then of the endpoint."""

    def __init__(self, endpoint: Endpoint, answers: Answers) -> None:
        self.endpoint, self.answers = endpoint, answers
        self.kept = 0

    def ask(self, question: Question) -> Answer:
        """The model's answer. Raises EndpointError, AnswerError, BudgetError, DataError."""
        end = self.endpoint
        key = key_of(end.url, end.model, question.system, question.user)
        reply = self.answers.get(key)
        if reply is not None:
            try:
                answer = read_answer(reply)
            except AnswerError:
                pass  # written by another version, or damaged: asked anew
            else:
                self.kept += 1
                return answer
        return self._ask(question, key)

    def _ask(self, question: Question, key: str) -> Answer:
        for tried in range(1, ANSWERS + 1):
            try:
                reply = self.endpoint.ask(question, schema(), reminder=REMINDER if tried > 1 else "")
                answer = read_answer(reply)
            except AnswerError as error:
                last = error
                if tried < ANSWERS:
                    self.endpoint.pause(tried)
                continue
            self.answers.put(key, reply, self.endpoint.model)
            return answer
        raise AnswerError(f"{last.message}, {ANSWERS} times", last.hint)


class SecondReader(Reader):
    """`casus.compose.Reader` with the language model's drafts in place of the network's where it is asked.

    It is asked about all sentences, or with `doubt` about those that the network is unsure of; there what it says
    stands, and elsewhere what the network says.
    """

    def __init__(self, small: Reader, asker: Asker, doubt: float | None = None) -> None:
        super().__init__(small.encoder, small.heads, small.book, small.index, debug=small.debug)
        self.asker, self.doubt = asker, doubt
        self.name = f"llm:{asker.endpoint.model}"
        self.sentences = self.asked = self.claims = 0
        self.dropped = Dropped()

    @classmethod
    def load(cls, config: Config) -> SecondReader:
        """As `Reader.load`, with the endpoint and the folder of answers that the settings name."""
        asker = Asker(Endpoint(config.llm), Answers(config.cache / "answers"))
        return cls(Reader.load(config), asker, config.llm.doubt)

    def read_many(self, documents: Iterable[Document]) -> Iterator[tuple[Document, list[Claim] | Failure]]:
        """As the shipped reader does it. Raises SecondReaderError where to go on would only fail again."""
        in_row = 0
        with closing(super().read_many(documents)) as outcomes:  # type: ignore[type-var]
            for document, outcome in outcomes:
                code = outcome.code if isinstance(outcome, Failure) else ""
                if isinstance(outcome, Failure) and code in _STOPS:
                    raise _STOPS[code](outcome.message, outcome.hint)
                yield document, outcome
                in_row = in_row + 1 if code == EndpointError.code else 0
                if in_row == FAILED_IN_ROW:
                    raise EndpointError(f"{FAILED_IN_ROW} documents in a row had no answer")

    def drafts(self, prepared: Prepared, hidden: Sequence[Floats]) -> list[Draft]:
        """The model's drafts of the sentences that it is asked about, the network's of the others."""
        document, bounds = prepared.document, prepared.bounds
        numbers = list(range(len(bounds)))
        small: list[Draft] = []
        if self.doubt is not None:
            numbers = doubtful(prepared.windows, hidden, self.heads, bounds, self.doubt)
            asked = set(numbers)
            small = [d for d in super().drafts(prepared, hidden) if d.sentence not in asked]
        found: list[Draft] = []
        dropped = Dropped()
        for question in questions(document.text, bounds, numbers, document.published):
            words = Words.of(document.text, bounds, question.numbers, prepared.windows)
            drafts, lost = verified(words, self.asker.ask(question))
            found, dropped = [*found, *drafts], dropped + lost
        self.sentences, self.asked = self.sentences + len(bounds), self.asked + len(numbers)
        self.claims, self.dropped = self.claims + len(found), self.dropped + dropped
        return without_outcomes(document.text, sorted([*small, *found], key=lambda d: (d.start, d.end)))

    def finish(self, prepared: Prepared, hidden: Sequence[Floats]) -> list[Claim]:
        """As the shipped reader does it; then each claim of the model gets its name back, and what it said."""
        with self.threads.limit(limits=1, user_api="blas"):
            told = self.told(prepared, hidden)
            claims = related(prepared, told)
        return [
            self._as_said(claim, before) if isinstance(hints.draft, ModelDraft) else claim
            for claim, before, hints in zip(claims, told.claims, told.hints, strict=True)
        ]

    def _as_said(self, claim: Claim, before: Claim) -> Claim:
        """The choosers and the measured confidence are fitted to the network's scores: a recipient or a date that the
        model named is kept, and its confidence is its own word."""
        claim = replace(claim, reader=self.name, confidence=before.confidence)
        if not task_open(before, "recipient"):
            claim = replace(claim, recipients=before.recipients, reasons=_without(claim.reasons, "recipient "))
        if not task_open(before, "date"):
            claim = replace(claim, when=before.when, reasons=_without(claim.reasons, "date "))
        return claim

    def report(self) -> str:
        """What was asked and dropped so far, in a line for the end of a run."""
        end, lost = self.asker.endpoint, self.dropped
        parts = {
            "not in the text": lost.unquoted, "malformed": lost.malformed, "told twice": lost.repeated,
        }  # fmt: skip
        causes = ", ".join(f"{n} {why}" for why, n in parts.items() if n)
        return (
            f"{self.name} at {end.host}: {end.calls} calls ({end.tokens} tokens), {self.asker.kept} answers kept from "
            f"before, {self.asked} of {self.sentences} sentences asked about, {self.claims} claims; dropped: "
            f"{lost.claims} claims{f' ({causes})' if causes else ''}, {lost.values} values"
        )


def _without(reasons: Sequence[str], task: str) -> tuple[str, ...]:
    return tuple(r for r in reasons if not r.startswith(task))
