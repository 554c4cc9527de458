"""The page for statisticians: HTML that opens offline, without script; plots are inline SVG."""

from markupsafe import Markup

from screening.reports.night_html import environment, style
from screening.reports.statistics_view import StatisticsView


def render(view: StatisticsView) -> str:
    """Render a page; equal views give equal text."""
    template = environment().get_template("statistics.html.j2")
    return template.render(view=view, style=Markup(style()))  # noqa: S704  # our own file
