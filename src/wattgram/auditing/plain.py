"""Plain: LaTeX, Markdown and HTML as the plain text a reader sees, line for line, so that a finding keeps its line.

Nothing here ever adds or removes a line end.
"""

from __future__ import annotations

import html
import re

__all__ = ["NO_BREAK", "is_latex", "plain"]

NO_BREAK = "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}\N{FIGURE SPACE}"
_LATEX = re.compile(
    r"\\(?:(?:sub)*section|paragraph|begin|cite[a-z]*|href|text[a-z]{2}|emph|SI|qty|num|item|documentclass)\b"
    r"|CO\$?_\{?2|\\,|\\%"
)
_SIGNS = str.maketrans(
    {
        "₂": "2",
        "²": "2",
        "：": ":",
        "，": ",",
        "（": "(",
        "）": ")",
        "—": "-",
        "–": "-",
        "‐": "-",
        "‑": "-",
        "−": "-",
        "∼": "~",
        "≈": "~",
        "～": "~",
        "∗": "*",
        "✕": "×",
        "⨯": "×",
        "’": "'",
        "\r": " ",
        "\t": " ",
        "\f": " ",
        "\v": " ",
        "\x1c": " ",
        "\x1d": " ",
        "\x1e": " ",
        "\x85": " ",
        "\N{LINE SEPARATOR}": " ",
        "\N{PARAGRAPH SEPARATOR}": " ",
    }
)
_UNIT_MACROS = (
    (r"\\kilo\s*\\watt\s*\\hour|\\kWh\b", "kWh"),
    (r"\\mega\s*\\watt\s*\\hour|\\MWh\b", "MWh"),
    (r"\\watt\s*\\hour", "Wh"),
    (r"\\kilo\s*\\watt|\\kW\b", "kW"),
    (r"\\kilo\s*\\gram|\\kilogram|\\kg\b", "kg"),
    (r"\\mega\s*\\gram|\\tonne", "t"),
    (r"\\gram", "g"),
    (r"\\watt", "W"),
    (r"\\hour", "h"),
    (r"\\day", "d"),
    (r"\\per", "/"),
)
_GROUP = r"\{((?:[^{}\n]|\n(?!\s*\n))*)\}"
_SPACED_DIGITS = re.compile(rf"(?<=\d)[{NO_BREAK}](?=\d{{3}}(?!\d))")
_LATEX_SIGNS = (
    (r"\\\\(?:\[[^\]\n]*\])?", " "),
    (r"\\times\b|\\cdot\b", "×"),
    (r"\\approx\b|\\sim\b|\\simeq\b|\\textasciitilde(?:\{\})?", "~"),
    (r"\\leq?\b|\\lt\b", "<"),
    (r"\\textsubscript\{2\}|\\ce\{CO2\}", "2"),
    (r"_\{?2\}?", "2"),
    (r"\\(?:,|;|:|!|\s)|\\quad\b|\\qquad\b", " "),
    (r"(?<!\\)&", " | "),
    (r"\\([%&#$_{}])", r"\1"),
    (r"--+", "-"),
)


def is_latex(text: str) -> bool:
    """Whether commands of LaTeX are to be read as such."""
    return _LATEX.search(text) is not None


def plain(text: str) -> str:
    """The text as a reader sees it; the number of lines is kept.

    Parameters
    ----------
    text : Markdown, HTML, LaTeX or plain text

    Returns
    -------
    the same lines without markup, with ASCII dashes, `CO2`, and no blank inside a number
    """
    text = text.replace("\r\n", "\n").translate(_SIGNS)
    text = _unlatexed(text) if is_latex(text) else text
    text = _unmarked(text)
    text = _SPACED_DIGITS.sub("", text).translate(dict.fromkeys(map(ord, NO_BREAK), " "))
    return re.sub(r" {3,}", "  ", text)  # a long run of blanks says nothing, and costs every pattern


def _unlatexed(text: str) -> str:
    text = re.sub(r"(?m)(?<!\\)(?:(?<=\s)|^)%.*$", "", text)
    text = re.sub(r"(?<=\d)\\,(?=\d{3}(?!\d))|(?<=\d)\{,\}(?=\d)", "", text)
    text = re.sub(r"\\(?:SI|qty)\s*(?:\[[^\]\n]*\])?\{([^{}\n]*)\}\s*\{([^{}\n]*)\}", r"\1 \2", text)
    text = re.sub(r"\\(?:num|si|unit)\s*\{([^{}\n]*)\}", r"\1", text)
    text = re.sub(
        rf"\\(?:cite[a-z]*|[a-z]*ref|label|url|vspace|hspace|bibliography[a-z]*)\*?(?:\[[^\]\n]*\])*{_GROUP}",
        _line_ends,
        text,
    )
    text = re.sub(rf"\\href\s*{_GROUP}\s*\{{", lambda found: _line_ends(found) + "{", text)
    for pattern, sign in (*_UNIT_MACROS, *_LATEX_SIGNS):
        text = re.sub(pattern, sign, text)
    text = re.sub(r"\\(?:begin|end)\s*\{([^{}\n]*)\}(?:\[[^\]\n]*\])?", " ", text)
    text = re.sub(r"\\[A-Za-z]+\*?(?:\[[^\]\n]*\])?", " ", text)
    text = re.sub(r"(?<=\S)~(?=\S)|(?<=\S)~(?=\n)", " ", text)
    return re.sub(r"[{}$]", "", text)


def _line_ends(found: re.Match[str]) -> str:
    """Nothing but the line ends of what is taken away."""
    return "\n" * found[0].count("\n")


def _unmarked(text: str) -> str:
    if "<" in text:
        text = re.sub(r"<!--.*?-->", _line_ends, text, flags=re.DOTALL)
        text = re.sub(r"(?i)</t[dh]\s*>", " | ", text)
        text = re.sub(r"</?[A-Za-z][^<>\n]{0,300}>", "", text)
    if "&" in text:
        text = re.sub(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[A-Za-z]{2,8});", _entity, text)
    text = re.sub(r"!?\[([^\[\]\n]{0,500})\]\([^()\n]{0,2000}\)", r"\1", text)
    text = re.sub(r"\{\{.{0,500}?\}\}", "[More Information Needed]", text)
    text = re.sub(
        r"\*{1,3}|`+|(?<![A-Za-z0-9])_{1,2}(?=[A-Za-z])|(?<=[A-Za-z:.])_{1,2}(?![A-Za-z0-9])",
        "",
        _stars(text),
    )
    return re.sub(r"\\([\\`*_{}\[\]()#+.!~|<>-])", r"\1", text)


def _entity(found: re.Match[str]) -> str:
    letters = html.unescape(found[0]).translate(_SIGNS)
    return letters if "\n" not in letters else " "


def _stars(text: str) -> str:
    """Stars that bullet a line or multiply, told apart from those that mark emphasis."""
    text = re.sub(r"(?m)^(\s*)\*(?=\s)", r"\1-", text)
    return re.sub(r"(?<=[\w)])\s*\*\s*(?=\d)|(?<=\d)\s+\*\s+(?=\S)", " × ", text)
