"""An upload that is too big is not kept while it arrives."""

from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler


class TooBig(SimpleUploadedFile):
    """What is left of a file past the limit: its name, and a size that no form takes."""

    def __init__(self, name: str, size: int) -> None:
        super().__init__(name, b"")
        self.size = size


class LimitingUploadHandler(FileUploadHandler):
    """Comes first: past the limit the rest of a file, and any file past the limit of a request, is thrown away."""

    chunk_size = FileUploadHandler.chunk_size

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._file, self._request, self._is_over = 0, 0, False

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._file, self._is_over = 0, False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self._file += len(raw_data)
        self._request += len(raw_data)
        if self._file > settings.UPLOAD_MAX_BYTES or self._request > settings.UPLOAD_MAX_REQUEST_BYTES:
            self._is_over = True
        return None if self._is_over else raw_data

    def file_complete(self, file_size: int) -> UploadedFile | None:
        return TooBig(self.file_name or "", settings.UPLOAD_MAX_BYTES + 1) if self._is_over else None
