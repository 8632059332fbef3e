"""Every error Casus raises on purpose: one picklable tree of code, message and hint.

CasusError
├── UsageError          the call itself is wrong (exit code 2)
├── OutputError         what was read could not be written: the disk is full, say
├── ExportError         the ledger cannot be had in that form: too many rows for it, a package that is missing
├── ReleaseError        a release is none, is damaged, or cannot be made again from what is in it
├── SpanError           offsets and words disagree; never shown to a user unless we have a bug
├── RecordError         a record's field holds a value that it cannot hold
├── IntakeError         a source could not become a document
│   ├── EmptyError          no text in it
│   ├── ShortError          too few words to be a report
│   ├── WithdrawnError      the agency that sent it took it back
│   ├── BinaryError         not text at all
│   ├── TooLargeError       more than the limit on one document
│   ├── EncodingError       bytes that are no text in any encoding we can tell
│   ├── LanguageError       not English
│   ├── FormatError         says that it is JSON or HTML and is not
│   └── FetchError          an address gave nothing that can be read: a status, a time-out, a broken answer
│       ├── AddressError        a private or loopback address, which nobody allowed
│       └── RobotsError         the site's robots.txt asks to stay away
├── SecondReaderError   the second reader (`--reader llm`) could not be used
│   ├── EndpointError       no answer: not reached, too slow, overloaded, or this question refused
│   │   └── RefusedError        the endpoint refuses every question: key, address or model; ends the run
│   ├── AnswerError         an answer that is none: no JSON, another form, too large, empty
│   └── BudgetError         as many calls or tokens as were allowed are used; ends the run
├── LedgerError         a ledger could not be opened, read or written
│   ├── BusyError           another process has been writing to it for too long
│   └── UnknownError        no event, claim, document or decision of that id in it
├── ModelError          the shipped model is missing or is not the one the code expects
└── DataError           a data file (codebook, actors, places) is missing or malformed
"""

from __future__ import annotations


class CasusError(Exception):
    """An error with a stable `code`, a `message` for people and a `hint` on what to do next."""

    code = "error"
    default_hint = ""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint or self.default_hint

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


class UsageError(CasusError):
    code = "usage"
    default_hint = "see `casus --help`"


class OutputError(CasusError):
    code = "output"
    default_hint = "make room, or write it elsewhere"


class ExportError(CasusError):
    code = "export"
    default_hint = "`casus export --list` says which forms there are"


class ReleaseError(CasusError):
    code = "release"
    default_hint = "`casus release --verify FOLDER` says what is wrong with a release"


class SpanError(CasusError):
    code = "span"


class RecordError(CasusError):
    code = "record"


class IntakeError(CasusError):
    code = "intake"


class EmptyError(IntakeError):
    code = "empty"
    default_hint = "the source holds no readable text; check that it was saved whole"


class ShortError(IntakeError):
    code = "short"
    default_hint = "a headline alone is no report; if the feed or table holds only teasers, fetch the pages"


class WithdrawnError(IntakeError):
    code = "withdrawn"
    default_hint = "none: whoever sent it asks that it is not used"


class BinaryError(IntakeError):
    code = "binary"
    default_hint = "convert it to text, a web page or PDF; docs/intake.md lists what is read"


class TooLargeError(IntakeError):
    code = "too-large"
    default_hint = "split it into single reports"


class EncodingError(IntakeError):
    code = "encoding"
    default_hint = "save the file as UTF-8"


class LanguageError(IntakeError):
    code = "language"
    default_hint = "Casus reads English only"


class FormatError(IntakeError):
    code = "format"


class FetchError(IntakeError):
    """`status` is what a server answered, if it did; `wait` how long it asks to be left alone, in seconds."""

    code = "fetch"
    default_hint = "open the address in a browser to see what it answers, and try again later"

    def __init__(self, message: str, hint: str = "", *, status: int | None = None, wait: float | None = None) -> None:
        super().__init__(message, hint)
        self.status, self.wait = status, wait


class AddressError(FetchError):
    code = "address"
    default_hint = "if an address in your own network is meant, allow it by name"


class RobotsError(FetchError):
    code = "robots"
    default_hint = "the site asks programs to stay away; a page that you saved yourself can be read"


class SecondReaderError(CasusError):
    code = "second-reader"


class EndpointError(SecondReaderError):
    code = "endpoint"
    default_hint = "try again later; what was answered so far is kept and not asked again"


class RefusedError(EndpointError):
    code = "refused"
    default_hint = "check --endpoint, --model and CASUS_LLM_KEY"


class AnswerError(SecondReaderError):
    code = "answer"
    default_hint = "try another model, or one that keeps to a JSON schema"


class BudgetError(SecondReaderError):
    code = "budget"
    default_hint = "what was answered so far is kept: run it again with a higher cap and it goes on from there"


class LedgerError(CasusError):
    code = "ledger"
    default_hint = "check that the path is that of a ledger and may be written"


class BusyError(LedgerError):
    code = "ledger-busy"
    default_hint = "wait until the other process has finished, and try again; nothing was changed"


class UnknownError(LedgerError):
    code = "unknown-id"
    default_hint = "`casus events` lists what the ledger holds; the first characters of an id are enough"


class ModelError(CasusError):
    code = "model"
    default_hint = "reinstall casus-events"


class DataError(CasusError):
    code = "data"
    default_hint = "reinstall casus-events"


def kind_of(code: str) -> type[CasusError]:
    """The class that carries the code; the root of the tree where none does."""
    kinds = [CasusError]
    for kind in kinds:
        kinds.extend(kind.__subclasses__())
    return next((kind for kind in kinds if kind.code == code), CasusError)
