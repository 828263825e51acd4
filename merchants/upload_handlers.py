"""Files on their way in never lie on the disk in the clear, not even for the length of a request."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from merchants.sealed_files import SealedWriter, open_sealed


class SealedUploadHandler(FileUploadHandler):
    """Keeps what is too large for the memory in a sealed file without a name. Bytes beyond the limit are
    counted, not kept: whoever reads the file finds it too large."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._path = Path(settings.STATE) / "uploads" / "incoming" / secrets.token_hex(16)
        self._room = settings.UPLOAD_LIMIT_BYTES + 1
        self._writer = SealedWriter(self._path)
        self._writer.__enter__()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._writer.write(raw_data[: self._room])
        self._room -= min(self._room, len(raw_data))

    def file_complete(self, file_size: int) -> UploadedFile:
        self._writer.__exit__(None)
        file = open_sealed(self._path)
        self._path.unlink()  # the open file stays readable; nothing is left when it is closed
        return UploadedFile(file, self.file_name, self.content_type, file_size, self.charset)

    def upload_interrupted(self) -> None:
        if hasattr(self, "_writer"):
            self._writer.__exit__(InterruptedError)
