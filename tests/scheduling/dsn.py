"""Delivery reports as mail servers write them, for one of our messages."""

from email.message import Message
from email.mime.base import MIMEBase
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText


def report(
    message_id: str, recipient: str = "marisol@example.net", *, status: str = "5.1.1", action: str = "failed",
    to: str = "bounces@localhost", headers_only: bool = False, original: str = "",
) -> bytes:  # fmt: skip
    outer = MIMEMultipart("report", report_type="delivery-status")
    outer["From"], outer["To"], outer["Subject"] = "MAILER-DAEMON@mx.example.net", to, "Undelivered Mail"
    outer.attach(MIMEText("Your message could not be delivered.\n"))
    outer.attach(_status(recipient, original, status, action))
    outer.attach(_copy(message_id, headers_only))
    return outer.as_bytes()


def _status(recipient: str, original: str, status: str, action: str) -> Message:
    part = MIMEBase("message", "delivery-status")
    about = Message()
    about["Reporting-MTA"] = "dns; mx.example.net"
    one = Message()
    if original:
        one["Original-Recipient"] = f"rfc822;{original}"
    one["Final-Recipient"], one["Action"], one["Status"] = f"rfc822; {recipient}", action, status
    part.set_payload([about, one])
    return part


def _copy(message_id: str, headers_only: bool) -> Message:
    sent = Message()
    sent["Message-ID"], sent["Subject"] = message_id, "Appointment reminder"
    if headers_only:
        part = MIMEText(sent.as_string())
        part.replace_header("Content-Type", "text/rfc822-headers; charset=us-ascii")
        return part
    sent.set_payload("You have an appointment.\n")
    return MIMEMessage(sent)
