"""The virus scanner, when one is configured (CLAMD_ADDRESS)."""

from io import BytesIO

from clamav_client.clamd import BufferTooLongError, ClamdError, ClamdNetworkSocket, ClamdUnixSocket
from django.conf import settings

from core.errors import DomainError

TIMEOUT = 30  # seconds


def require_clean(content: bytes) -> None:
    """Let pass what clamd finds nothing in; anything, where no scanner is configured.

    Raises DomainError for a virus, and for a scanner that does not answer: what nobody looked at is not kept.
    """
    if not settings.CLAMD_ADDRESS:
        return
    try:
        answers = _clamd(settings.CLAMD_ADDRESS).instream(BytesIO(content))
    except BufferTooLongError as error:
        raise DomainError(
            "The virus scanner takes no file this big. Send it in parts.", code="upload.scanner"
        ) from error
    except (ClamdError, OSError) as error:
        said = "The virus scanner does not answer, so the file was not kept. Try again, or tell your administrator."
        raise DomainError(said, code="upload.scanner") from error
    if any(status == "FOUND" for status, _ in answers.values()):
        said = "The virus scanner found something harmful in this file. It was not kept; ask the sender for another."
        raise DomainError(said, code="upload.virus")
    if not answers or any(status != "OK" for status, _ in answers.values()):
        raise DomainError("The virus scanner could not read the file, so it was not kept.", code="upload.scanner")


def _clamd(address: str) -> ClamdNetworkSocket:
    """`host:port`, or the path of a socket."""
    if address.startswith(("/", "unix:")):
        return ClamdUnixSocket(address.removeprefix("unix://").removeprefix("unix:"), timeout=TIMEOUT)
    host, _, port = address.rpartition(":")
    return ClamdNetworkSocket(host.strip("[]"), int(port), timeout=TIMEOUT)
