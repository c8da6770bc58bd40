"""What a release would hand out, read from the apps that own it, as text."""

from chart.selectors.packets.content import Content, Part, content_of, content_text
from chart.selectors.packets.span import Entry, Span
from chart.selectors.packets.ways import Way, file_name, way_of

__all__ = ["Content", "Entry", "Part", "Span", "Way", "content_of", "content_text", "file_name", "way_of"]
