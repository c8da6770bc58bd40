"""The tags every template has without loading anything. `docs/ui.md` shows each in use."""

from datetime import date, datetime, tzinfo
from decimal import Decimal

from django import template
from django.forms import BaseForm, BoundField
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from core import labels
from core.templatetags import _charts
from core.templatetags._icons import icon_svg

register = template.Library()

THEMES = {"auto", "light", "dark"}
CURRENCY_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}
DOT = mark_safe('<span class="cc-dot" aria-hidden="true"></span>')  # nosec B308  # a literal


@register.simple_tag
def icon(name: str, label: str = "", size: int = 18, css: str = "") -> SafeString:
    return icon_svg(name or "circle", size, str(label), css)


@register.simple_tag
def badge(label: str, tone: str = "neutral", icon: str = "") -> str:
    """A status: words, a mark and a tone, so that colour is never the only sign."""
    mark = icon_svg(icon, 14) if icon else DOT
    return format_html('<span class="cc-badge tone-{}">{}{}</span>', tone or "neutral", mark, label)


@register.simple_tag(takes_context=True)
def theme(context: Context) -> str:
    """`auto`, `light` or `dark`, as this browser's cookie says."""
    request = context.get("request")
    chosen = request.COOKIES.get("cc_theme", "auto") if request else "auto"
    return chosen if chosen in THEMES else "auto"


@register.simple_tag(takes_context=True)
def when(context: Context, moment: datetime | None, tz: tzinfo | str | None = None) -> str:
    if moment is None:
        return ""
    text = labels.when_label(moment, tz or context.get("tz"))
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), text)


@register.simple_tag(takes_context=True)
def due(context: Context, moment: datetime | None, tz: tzinfo | str | None = None) -> str:
    """A due time: absolute, then relative, toned. In long lists let the selector call `labels.due_label`."""
    if moment is None:
        return ""
    text = labels.due_label(moment, tz or context.get("tz"))
    return format_html(
        '<span class="cc-due tone-{}"><time datetime="{}">{}</time> <span class="cc-rel">{}</span></span>',
        text.tone,
        text.iso,
        text.absolute,
        text.relative,
    )


@register.simple_tag(takes_context=True)
def day(context: Context, value: date | None) -> str:
    if value is None:
        return ""
    today = timezone.now().astimezone(labels.as_zone(context.get("tz"))).date()
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), labels.day_label(value, today))


@register.simple_tag
def money(amount: Decimal | None, currency: str = "USD") -> str:
    """`$1,234.50`; a currency without a sign of its own is written out: `CHF 12.00`."""
    if amount is None:
        return "—"
    sign = CURRENCY_SIGNS.get(currency, f"{currency} ")
    return f"{'−' if amount < 0 else ''}{sign}{abs(amount):,.2f}"


@register.simple_block_tag(takes_context=True)
def panel(context: Context, content: str, title: str, **extra: object) -> str:
    """A card with a heading. Extra: id, icon, sub, count, action_url, action, flush (no padding), tone."""
    return render_to_string("_ui/panel.html", {"content": content, "title": title, **extra})


@register.simple_block_tag(takes_context=True)
def confirm(context: Context, content: str, label: str, url: str, **extra: object) -> str:
    """Ask before what cannot be undone. Extra: yes, icon, tone, small. The body explains and may hold fields."""
    scope = {"content": content, "label": label, "url": url, "csrf_token": context.get("csrf_token"), **extra}
    return render_to_string("_ui/confirm.html", scope)


@register.inclusion_tag("_ui/chart.html")
def linechart(rows: list, label: str, unit: str = "", **extra: object) -> dict:
    """A line of (label, value) rows, with its table. Extra: low, high (axis ends), suffix, threshold."""
    return {"chart": _charts.line(rows, **extra), "rows": rows, "label": label, "unit": unit, **extra}


@register.inclusion_tag("_ui/chart.html")
def barchart(rows: list, label: str, unit: str = "", **extra: object) -> dict:
    """Bars of (label, value) rows, with their table. Extra: high, suffix, threshold."""
    return {"chart": _charts.bars(rows, **extra), "rows": rows, "label": label, "unit": unit, **extra}


@register.inclusion_tag("_ui/sparkline.html")
def sparkline(values: list, label: str) -> dict:
    """A word-sized line; `label` must say in words what it shows."""
    return {"points": _charts.spark(values), "label": label}


@register.simple_tag
def bound(form: BaseForm | None, name: str) -> BoundField | None:
    """The form's field of that name, to draw it with its own widget."""
    return form[name] if form and name in form.fields else None


@register.simple_tag
def shown(field: BoundField | None, value: object) -> str:
    """A value as people read it: the choice's words instead of its key."""
    choices = getattr(field.field, "choices", ()) if field else ()
    words = {str(key): label for key, label in choices}
    return words.get(str(value), value) or "—"
