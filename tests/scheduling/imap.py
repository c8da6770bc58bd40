"""A small IMAP server on loopback with one mailbox, over TLS: as much of RFC 3501 as reading bounces needs."""

import socketserver
import ssl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Imap:
    """`messages` by number; `flags` of each; what was expunged is gone from both."""

    def __init__(self, folder: Path, messages: list[bytes]) -> None:
        self.messages = dict(enumerate(messages, start=1))
        self.flags: dict[int, set[str]] = {number: set() for number in self.messages}
        self.certificate = _certificate(folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate)
        box = self

        class Session(socketserver.StreamRequestHandler):
            def setup(self) -> None:
                self.request = context.wrap_socket(self.request, server_side=True)
                super().setup()

            def handle(self) -> None:
                self.wfile.write(b"* OK ready\r\n")
                for line in self.rfile:
                    tag, _, rest = line.decode().strip().partition(" ")
                    for answer in box.answer(rest):
                        self.wfile.write(answer + b"\r\n")
                    self.wfile.write(f"{tag} OK done\r\n".encode())

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"imaps://bounces:p%40ss@localhost:{self.server.server_address[1]}/INBOX"

    def answer(self, command: str) -> list[bytes]:
        words = command.replace('"', "").split()
        if words[0] == "CAPABILITY":
            return [b"* CAPABILITY IMAP4rev1"]
        if words[0] == "LOGIN" and words[1:] != ["bounces", "p@ss"]:
            return [b"* BYE wrong"]
        if words[0] == "SELECT":
            return [f"* {len(self.messages)} EXISTS".encode()]
        if words[:2] == ["UID", "SEARCH"]:
            return [" ".join(["* SEARCH", *(str(n) for n, flags in self.flags.items() if not flags)]).encode()]
        if words[:2] == ["UID", "FETCH"]:
            raw = self.messages[int(words[2])]
            return [f"* {words[2]} FETCH (UID {words[2]} BODY[] {{{len(raw)}}}".encode(), raw + b")"]
        if words[:2] == ["UID", "STORE"]:
            self.flags[int(words[2])].add(words[4].strip("()\\"))
        if words[0] == "CLOSE":
            for number in [n for n, flags in self.flags.items() if "Deleted" in flags]:
                del self.messages[number], self.flags[number]
        return [b"* BYE"] if words[0] == "LOGOUT" else []


def _certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / "imap.pem"
    path.write_bytes(secret + made.sign(key, hashes.SHA256()).public_bytes(pem))
    return path
