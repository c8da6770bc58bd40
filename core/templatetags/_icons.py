"""Lucide icons as inline SVG, drawn once per process."""

from functools import cache

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from lucide import IconDoesNotExist, _load_icon

SHAPES = ("path", "circle", "rect", "line", "polyline", "polygon", "ellipse")


@cache
def shapes(name: str) -> str:
    """The drawing inside the svg element; an unknown name draws a plain circle instead of failing a page."""
    try:
        svg = _load_icon(name)
    except IconDoesNotExist:
        return '<circle cx="12" cy="12" r="9"/>'
    drawn = []
    for node in svg:
        attributes = "".join(f' {key}="{value}"' for key, value in node.attrib.items())
        drawn.append(f"<{_tag(node)}{attributes}/>")
    return "".join(drawn)


def _tag(node) -> str:
    return next(shape for shape in SHAPES if str(getattr(node.tag, "text", node.tag)) == shape)


@cache
def icon_svg(name: str, size: int = 18, label: str = "", css: str = "") -> SafeString:
    """One icon. Without a label it is decoration and hidden from assistive technology."""
    role = f'role="img" aria-label="{conditional_escape(label)}"' if label else 'aria-hidden="true"'
    # The drawing comes from the package, the label is escaped, the classes are written by our templates.
    return mark_safe(  # noqa: S308  # nosec B308 B703
        f'<svg class="cc-icon {css}" {role} focusable="false" width="{size}" height="{size}" viewBox="0 0 24 24" '
        'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">'
        f"{shapes(name)}</svg>"
    )
