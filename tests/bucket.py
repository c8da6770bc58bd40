"""A bucket that speaks as much of S3 as our storage asks: put, get, head, delete, list."""

import hashlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from urllib.parse import parse_qs, unquote, urlsplit


class Bucket(ThreadingHTTPServer):
    """Its `files` are by key. While `fails` is a status it answers that; while it is "silent", nothing for a second."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files: dict[str, bytes] = {}
        self.fails: int | str = ""
        self.quiet = Event()
        Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"s3://key:secret@127.0.0.1:{self.server_port}/charts?tls=0&region=us-east-1&patience=0.2"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Bucket

    @property
    def key(self) -> str:
        return unquote(urlsplit(self.path).path).removeprefix("/charts").lstrip("/")

    def answer(self, code: int, body: bytes = b"") -> None:
        if self.server.fails:
            self.close_connection = True  # what it was sent may be left unread
        if self.server.fails == "silent":
            self.server.quiet.wait(1)
            return
        self.send_response(int(self.server.fails or code))
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", f'"{hashlib.md5(body).hexdigest()}"')
        self.send_header("Last-Modified", "Mon, 23 Nov 2026 10:00:00 GMT")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_PUT(self) -> None:
        content = self._chunks() if "aws-chunked" in str(self.headers) else self._body()
        if not self.server.fails:
            self.server.files[self.key] = content
        self.answer(200)

    def do_GET(self) -> None:
        if self.key == "":
            return self.answer(200, self._listing())
        found = self.server.files.get(self.key)
        return self.answer(404) if found is None else self.answer(200, found)

    do_HEAD = do_GET

    def do_DELETE(self) -> None:
        if not self.server.fails:
            self.server.files.pop(self.key, None)
        self.answer(204)

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers["Content-Length"]))

    def _chunks(self) -> bytes:
        body, parts = self._body(), []
        while body:
            size, _, rest = body.partition(b"\r\n")
            length = int(size.split(b";")[0], 16)
            if not length:
                break
            parts.append(rest[:length])
            body = rest[length + 2 :]
        return b"".join(parts)

    def _listing(self) -> bytes:
        prefix = parse_qs(urlsplit(self.path).query).get("prefix", [""])[0]
        inside = [key for key in self.server.files if key.startswith(prefix)]
        folders = {prefix + key[len(prefix) :].split("/")[0] + "/" for key in inside if "/" in key[len(prefix) :]}
        here = [key for key in inside if "/" not in key[len(prefix) :]]
        rows = "".join(f"<Contents><Key>{key}</Key><Size>1</Size></Contents>" for key in here)
        rows += "".join(f"<CommonPrefixes><Prefix>{folder}</Prefix></CommonPrefixes>" for folder in sorted(folders))
        head = "<Name>charts</Name><IsTruncated>false</IsTruncated>"
        return f"<ListBucketResult>{head}{rows}</ListBucketResult>".encode()

    def log_message(self, *args: object) -> None:
        """Say nothing."""
