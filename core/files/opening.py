"""Files that are kept, to be read again."""

from django.db.models.fields.files import FieldFile

from core.errors import DomainError


def opened(file: FieldFile) -> FieldFile:
    """The file, open to be read. Raises DomainError if it is not where it was put."""
    try:
        file.open("rb")
    except OSError as error:
        raise DomainError("The file cannot be read. Tell your administrator.", code="document.missing") from error
    return file
