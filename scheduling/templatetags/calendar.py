"""The appointments of a calendar's column. Written here, for a day has hundreds: a template took ten times as long."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from scheduling.selectors.appointments import Row
from scheduling.selectors.columns import Column

register = template.Library()
TIME_AND_NAME = '<strong>{} <span class="visually-hidden">to {} </span>{}{}</strong>'
MARK = mark_safe('<i class="cc-cal-mark" aria-hidden="true">⧉</i> ')  # nosec B308  # a literal
STATE = '<span class="cc-cal-state">{}</span>'


@register.simple_tag
def calendar_events(column: Column) -> SafeString:
    """Each row as a link, which can be moved if it says so, or as a block that leads nowhere."""
    return format_html_join("", "{}", ((_link(column.key, row) if row["url"] else _block(row),) for row in column.rows))


def _link(key: str, row: Row) -> SafeString:
    moves = format_html(' data-seen="{}" data-event="{}" draggable="false"', row["seen"], row["uuid"])
    said = f"{row['state']} · {row['mark']}" if row["mark"] else row["state"]
    what = f"{row['type']} · {row['where']}" if row["where"] else row["type"]
    return format_html(
        '<a id="{}-{}" class="{}" href="{}"{}>' + TIME_AND_NAME + STATE + "<span>{}</span></a>",
        key, row["uuid"], _classes(row), row["url"], moves if row["seen"] else "",
        row["from"], row["to"], MARK if row["mark"] else "", row["name"], said, what,
    )  # fmt: skip


def _block(row: Row) -> SafeString:
    state = format_html(STATE, row["state"]) if row["state"] else ""
    where = format_html("<span>{}</span>", row["where"]) if row["where"] else ""
    return format_html(
        '<div class="{}">' + TIME_AND_NAME + "{}{}</div>",
        _classes(row), row["from"], row["to"], "", row["name"], state, where,
    )  # fmt: skip


def _classes(row: Row) -> str:
    lane = f" lane-{row['lane']}-of-{row['lanes']}" if row["lanes"] > 1 else ""
    return f"cc-cal-event tone-{row['block_tone']} {row['block_state']} r-{row['row']} s-{row['span']}{lane}"
