"""Speaks to an OpenAI-compatible chat endpoint: one of the two modules of Casus that open a connection.

It tries again what may pass (429, 5xx, time-outs), leaves out of a request what an endpoint says that it does not
know, reads no more of an answer than one can have, follows no redirect, and stops at the budget.
"""

from __future__ import annotations

import json
import re
import ssl
import time
from collections.abc import Callable, Iterable, Mapping
from email.utils import parsedate_to_datetime
from functools import cached_property
from importlib.metadata import version
from urllib.parse import urlsplit, urlunsplit

import httpx2

from casus.config import Llm
from casus.errors import AnswerError, BudgetError, EndpointError, RefusedError
from casus.reader.llm.prompt import Json, Question

# with the waits between them a restarting server has half a minute to come back
TRIES = 5
FIRST_WAIT = 2.0
# longer than this nobody wants to look at a still screen: the run ends, and goes on from there another time
MOST_WAIT = 120.0
# what a model may write at most in one answer, thoughts included, and what of a reply is read at most
ANSWER_TOKENS = 8_192
MOST_BYTES = 4 << 20
REFUSED_FOR_GOOD = frozenset((401, 402, 403, 404, 405, 407))
PASSING = frozenset((408, 409, 425, 429))

# What not every endpoint takes: words by which a refusal names it, and what is tried in its place, in this order.
_WAYS: Mapping[str, tuple[tuple[str, ...], tuple[str | None, ...]]] = {
    "form": (("response_format", "json_schema", "schema", "grammar"), ("json_schema", "json_object", None)),
    "limit": (("max_tokens", "max_completion_tokens"), ("max_tokens", "max_completion_tokens", None)),
    "temperature": (("temperature",), ("temperature", None)),
}


class _PassingError(Exception):
    """What may go better the next time; `wait` is how long the endpoint asks to be left alone, in seconds."""

    def __init__(self, message: str, wait: float | None = None) -> None:
        super().__init__(message)
        self.wait = wait


class _AdaptedError(Exception):
    """The endpoint did not know a part of the request, which the next one does without."""


class Endpoint:
    """One endpoint and model for one run. `calls` and `tokens` are what it has used of the budget so far."""

    def __init__(
        self,
        settings: Llm,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        assert settings.endpoint
        assert settings.model
        self.settings, self.model, self.sleep, self.clock = settings, settings.model, sleep, clock
        self.url = completions(settings.endpoint)
        self.host = urlsplit(self.url).netloc
        self.calls = self.tokens = 0
        self._way = dict.fromkeys(_WAYS, 0)

    @cached_property
    def _certificates(self) -> ssl.SSLContext:
        """Those that this machine trusts: to load them takes longer than a call to it does."""
        return httpx2.create_ssl_context()

    def ask(self, question: Question, schema: Mapping[str, Json], *, reminder: str = "") -> str:
        """The model's reply. Raises EndpointError, RefusedError, AnswerError or BudgetError."""
        tried, last = 0, ""
        while tried < TRIES:
            self._check_budget()
            try:
                return self._once(question, schema, reminder)
            except _AdaptedError:
                continue
            except _PassingError as passing:
                tried, last = tried + 1, str(passing)
                wait = passing.wait
            if wait is not None and wait > MOST_WAIT:
                raise EndpointError(f"{self.host} asks to be left alone for {wait:.0f} seconds: {last}")
            if tried < TRIES:
                self.pause(tried, wait)
        raise EndpointError(f"{self.host} gave no answer in {TRIES} tries: {last}")

    def pause(self, tried: int, wait: float | None = None) -> None:
        """Waits as long as asked to, or twice as long after each try."""
        self.sleep(FIRST_WAIT * 2 ** (tried - 1) if wait is None else wait)

    def _check_budget(self) -> None:
        if self.calls >= self.settings.max_calls:
            raise BudgetError(f"{self.calls} calls were made, as many as --max-calls allows")
        if self.tokens >= self.settings.max_tokens:
            raise BudgetError(f"{self.tokens} tokens were used, --max-tokens allows {self.settings.max_tokens}")

    def _once(self, question: Question, schema: Mapping[str, Json], reminder: str) -> str:
        body = json.dumps(self._body(question, schema, reminder)).encode()
        self.calls += 1
        client = httpx2.Client(
            timeout=self.settings.timeout, headers=self._headers(), follow_redirects=False, verify=self._certificates
        )
        try:
            with client, client.stream("POST", self.url, content=body) as response:
                data = self._read(response.iter_bytes())
        except httpx2.TimeoutException:
            raise _PassingError(f"no answer within {self.settings.timeout:g} seconds") from None
        except httpx2.RequestError as error:
            raise _PassingError(self._told(str(error)) or type(error).__name__) from None
        if not response.is_success:
            raise self._refusal(response, data)
        return self._reply(data, len(body))

    def _body(self, question: Question, schema: Mapping[str, Json], reminder: str) -> Mapping[str, Json]:
        form, limit, temperature = (_WAYS[part][1][n] for part, n in self._way.items())
        told: dict[str, Json] = {
            "model": self.model,
            "messages": [
                {"role": "system", "content": question.system},
                {"role": "user", "content": f"{question.user}\n\n{reminder}" if reminder else question.user},
            ],
        }
        if form == "json_schema":
            told["response_format"] = {"type": form, form: {"name": "claims", "strict": True, "schema": schema}}
        elif form:
            told["response_format"] = {"type": form}
        if limit:
            told[limit] = ANSWER_TOKENS
        if temperature:
            told[temperature] = 0
        return told

    def _headers(self) -> dict[str, str]:
        headers = {
            "content-type": "application/json", "accept": "application/json", "accept-encoding": "identity",
            "user-agent": f"casus/{version('casus-events')}",
        }  # fmt: skip
        return headers | ({"authorization": f"Bearer {self.settings.key}"} if self.settings.key else {})

    def _read(self, chunks: Iterable[bytes]) -> bytes:
        """All of a reply that comes in time and is of a size that an answer can have."""
        began, data = self.clock(), bytearray()
        for chunk in chunks:
            data += chunk
            if len(data) > MOST_BYTES:
                raise AnswerError(f"the answer of {self.host} is larger than {MOST_BYTES >> 20} MiB")
            # the time-out of the connection starts anew with each byte
            if self.clock() - began > self.settings.timeout:
                raise _PassingError(f"no whole answer within {self.settings.timeout:g} seconds")
        return bytes(data)

    def _refusal(self, response: httpx2.Response, data: bytes) -> Exception:
        """What a status other than success means for the next try."""
        status, words = response.status_code, self._told(data.decode("utf-8", "replace"))
        message = f"{status} {response.reason_phrase}".strip() + (f": {words}" if words else "")
        if status in PASSING or status >= 500:
            return _PassingError(message, _retry_after(response.headers.get("retry-after", "")))
        if status in REFUSED_FOR_GOOD:
            return RefusedError(f"{self.host} refuses: {message}")
        if 300 <= status < 400:
            there = self._told(response.headers.get("location", "elsewhere"))
            return RefusedError(f"{self.host} redirects to {there}", "give that address with --endpoint if it is meant")
        if status in (400, 422) and self._adapt(data.decode("utf-8", "replace").lower()):
            return _AdaptedError()
        return EndpointError(f"{self.host} refuses this question: {message}")

    def _adapt(self, refusal: str) -> bool:
        """Takes the next way for the first part of a request that the refusal names, where there is one."""
        for part, (names, ways) in _WAYS.items():
            if any(name in refusal for name in names) and self._way[part] + 1 < len(ways):
                self._way[part] += 1
                return True
        return False

    def _reply(self, data: bytes, sent: int) -> str:
        """The model's words out of the endpoint's envelope; counts the tokens that they cost."""
        try:
            envelope = json.loads(data)
            choice = envelope["choices"][0]
            message = choice["message"]
            reply = message["content"]
        except (ValueError, LookupError, TypeError, RecursionError):
            self.tokens += (sent + len(data)) // 4
            raise AnswerError(f"the answer of {self.host} is no chat completion") from None
        usage = envelope.get("usage")
        used = usage.get("total_tokens") if isinstance(usage, dict) else None
        # an endpoint that does not count is counted for: four bytes a token is about right for English
        self.tokens += used if isinstance(used, int) and used > 0 else (sent + len(data)) // 4
        if isinstance(reply, list):
            reply = "".join(p["text"] for p in reply if isinstance(p, dict) and isinstance(p.get("text"), str))
        if not isinstance(reply, str) or not reply.strip():
            refusal = message.get("refusal") if isinstance(message, dict) else None
            raise AnswerError(f"the model refuses: {self._told(refusal)}" if refusal else "the model's answer is empty")
        if choice.get("finish_reason") == "length":
            hint = "use a model with a longer context, or one that thinks less before it answers"
            raise AnswerError(f"the model's answer was cut off at {ANSWER_TOKENS} tokens or the model's limit", hint)
        return reply

    def _told(self, words: object) -> str:
        """The endpoint's words in a line, without the key that it may have been sent."""
        line = " ".join("".join(c if c.isprintable() else " " for c in str(words)[:2_000]).split())
        return (line.replace(self.settings.key, "***") if self.settings.key else line)[:200]


def completions(endpoint: str) -> str:
    """The address that questions are sent to: a base such as http://localhost:11434/v1, or the whole of it."""
    parts = urlsplit(endpoint)
    path = parts.path.rstrip("/")
    path = path if path.endswith("/chat/completions") else f"{path}/chat/completions"
    return urlunsplit((parts.scheme, parts.netloc, path, parts.query, ""))


def _retry_after(value: str) -> float | None:
    """Seconds to wait by a Retry-After header, which holds a number or a date; None where it holds neither."""
    if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", value):
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return None
