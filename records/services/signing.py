"""A signature as given on the screen or by link, under a paper."""

from accounts.models import User
from core.errors import DomainError
from records.choices import Signed, is_drawing
from records.models import Document, Signature
from records.services.documents import sign_document

Role = Signature.SignerRole
Method = Signature.Method


def sign_as_given(
    *, document: Document, signed: Signed, witness: User | None, by: User | None, reason: str = ""
) -> Signature:
    """Put a typed or drawn signature under a paper, with the right by which a representative signs.

    Raises DomainError without the name in full, without a representative's right, or without a drawing where one
    was to be drawn.
    """
    require_signed(signed)
    drawing = signed.drawing if signed.method == Method.DRAWN else ""
    return sign_document(
        document=document,
        signer_name=signed.name,
        signer_role=signed.role,
        method=signed.method,
        basis=signed.basis if signed.role == Role.REPRESENTATIVE else "",
        drawing=drawing,
        witness=witness,
        by=by,
        reason=reason,
    )


def require_signed(signed: Signed) -> None:
    """Raises DomainError, with its field, for what a signature lacks (2.31(a)(8))."""
    if not signed.name.strip():
        raise DomainError("Type the full name to sign.", code="signature.name", field="signed_name")
    if signed.role == Role.REPRESENTATIVE and not signed.basis.strip():
        raise DomainError(
            "Say by what right the representative signs, such as legal guardian.", code="signature.basis", field="basis"
        )
    if signed.method == Method.DRAWN and not is_drawing(signed.drawing):
        raise DomainError("Sign in the field, or choose to type the name.", code="signature.drawing", field="drawing")
