"""The appointments of a calendar's column. Written here, for a day has hundreds: a template took ten times as long.

What people type is escaped one by one (names, kinds, places); the rest are numbers, keys and words of ours.
"""

from html import escape

from django import template
from django.utils.safestring import SafeString, mark_safe

from core.templatetags._icons import icon_svg
from scheduling.selectors.appointments import Row
from scheduling.selectors.columns import Column

register = template.Library()
MARK = icon_svg("copy", 12, css="cc-cal-mark") + " "


@register.simple_tag
def calendar_events(column: Column) -> SafeString:
    """Each row as a link, which can be moved if it says so, or as a block that leads nowhere."""
    rows = (_link(column.key, row) if row["url"] else _block(row) for row in column.rows)
    return mark_safe("".join(rows))  # noqa: S308  # nosec B308 B703  # escaped where it is put in


def _link(key: str, row: Row) -> str:
    moves = f' data-seen="{row["seen"]}" data-event="{row["uuid"]}" draggable="false"' if row["seen"] else ""
    said = f"{row['state']} · {row['mark']}" if row["mark"] else row["state"]
    what = f"{row['type']} · {row['where']}" if row["where"] else row["type"]
    return (
        f'<a id="{key}-{row["uuid"]}" class="{_classes(row)}" href="{row["url"]}"{moves}>'
        f"{_when_and_who(row, MARK if row['mark'] else '')}"
        f'<span class="cc-cal-state">{escape(said)}</span><span>{escape(what)}</span></a>'
    )


def _block(row: Row) -> str:
    state = f'<span class="cc-cal-state">{escape(row["state"])}</span>' if row["state"] else ""
    where = f"<span>{escape(row['where'])}</span>" if row["where"] else ""
    return f'<div class="{_classes(row)}">{_when_and_who(row)}{state}{where}</div>'


def _when_and_who(row: Row, mark: str = "") -> str:
    until = f'<span class="visually-hidden">to {row["to"]} </span>'
    return f"<strong>{row['from']} {until}{mark}{escape(row['name'])}</strong>"


def _classes(row: Row) -> str:
    lane = f" lane-{row['lane']}-of-{row['lanes']}" if row["lanes"] > 1 else ""
    return f"cc-cal-event tone-{row['block_tone']} {row['block_state']} r-{row['row']} s-{row['span']}{lane}"
