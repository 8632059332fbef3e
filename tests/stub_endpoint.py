"""A report, a claim of it, and a chat endpoint on this machine that misbehaves on demand: for the second reader."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from casus.records import Document

TEXT = (
    "Iranian forces shelled the Pakistani town of Turbat on Tuesday, killing at least nine people, the army of "
    "Pakistan said. Tehran denied it. The weather was fine."
)
KEY = "sk-very-secret"


def document(text: str = TEXT, **fields: Any) -> Document:
    return Document.of(text, published=date(2024, 1, 18), published_basis="given", **fields)


def claim(**said: Any) -> dict[str, Any]:
    usual = {
        "sentence": 1, "quote": "Iranian forces shelled the Pakistani town", "trigger": "shelled",
        "type": "ASSAULT/heavy-weapons", "status": "happened", "actor": ["Iranian forces"],
        "recipient": ["people"], "place": ["Turbat"], "date": "Tuesday", "weapon": None, "killed": "at least nine",
        "injured": None, "detained": None, "source": ["army of Pakistan"], "background": False, "aggregate": False,
        "confidence": 0.9,
    }  # fmt: skip
    return usual | said


@dataclass(frozen=True, slots=True)
class Reply:
    """What the stub sends back; `hangs` sends nothing, `breaks` stops in the middle."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    hangs: bool = False
    breaks: bool = False


def saying(content: object, **more: Any) -> Reply:
    """A chat completion whose message says `content`."""
    choice = {"message": {"role": "assistant", "content": content, **more.pop("message", {})}, **more.pop("choice", {})}
    return Reply(json.dumps({"choices": [choice], "usage": {"total_tokens": 100}, **more}).encode())


def claiming(*claims: object) -> Reply:
    """A chat completion with these claims."""
    return saying(json.dumps({"claims": claims}))


class Stub:
    """The server. It answers with `script`, one reply after another, then with what `always` says."""

    def __init__(self) -> None:
        self.script: deque[Reply] = deque()
        self.always: Callable[[dict[str, Any]], Reply] = lambda request: claiming()
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.released = threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"

    def close(self) -> None:
        self.released.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def users(self) -> list[str]:
        """What was asked, the instructions left out."""
        return [request["messages"][1]["content"] for request in self.requests]

    def _handler(stub) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - the handler below is the one called self
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                request = json.loads(self.rfile.read(int(self.headers["content-length"])))
                stub.requests.append(request)
                stub.headers.append({k.lower(): v for k, v in self.headers.items()})
                stub.paths.append(self.path)
                reply = stub.script.popleft() if stub.script else stub.always(request)
                if reply.hangs:
                    stub.released.wait()
                    return
                try:
                    self.send_response(reply.status)
                    for name, value in reply.headers.items():
                        self.send_header(name, value)
                    self.send_header("content-length", str(len(reply.body) * (2 if reply.breaks else 1)))
                    self.end_headers()
                    self.wfile.write(reply.body)
                except OSError:  # whoever asked has seen enough
                    self.close_connection = True

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Handler
