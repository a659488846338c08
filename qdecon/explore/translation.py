"""What the library refuses, in Chinese: errors speak English, and the Chinese page has to say the same.

Each line of the table is a message with its places for values, and how it reads in Chinese. The name of a place, less
its digits, tells what can stand there and how it is carried over: ``phrase`` is itself looked up in the table, ``list``
gets Chinese commas, and all else stays as it is. The first line that fits holds, so the general ones come last.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qdecon.errors import QdeconError

DEPTH = 3  # phrases inside phrases: a hostile text may hold thousands
_KINDS = {
    "n": r"\S+",
    "key": r"[\w-]+",
    "list": r"[^\s,]+(?:, [^\s,]+)*",
    "pair": r"[\w-]+(?: and [\w-]+)*",
    "options": r"[\w-]+(?: or [\w-]+)+",
    "quoted": r"'.*'|\".*\"",
}
_QUOTED_OR_NAMED = re.compile(r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|a table|a huge number""")
_NAMED = {"a table": "一个表", "a huge number": "一个极大的数"}

_WORDING = (
    # Addresses and links
    ("an address of {n} characters", "地址有{n}个字符，太长"),
    ("an address with too many fields", "地址里的字段太多"),
    ("a link of {n} characters, {n2} at most", "链接有{n}个字符，最多{n2}个"),
    ("no scenario link: not `1.` and then letters, digits, - and _ only",
     "不是假定的链接：应为 1. 后接字母、数字、- 和 _"),
    ("the link expands to more than {n} bytes", "链接展开后超过{n}字节"),
    ("the link is damaged", "链接已损坏"),
    ("the link is cut off, or something follows it", "链接不完整，或后面多了东西"),
    ("copy the link again", "请重新复制链接"),
    ("copy the whole link again, or ask for the scenario as a file", "请重新复制整个链接，或请对方发文件"),
    ("shorten the reasons, or send the scenario as a file", "请缩短理由，或改为发送文件"),
    # Text
    ("the TOML is broken: {reason} (at line {n}, column {n2})", "TOML语法有误，第{n}行第{n2}列：{reason}"),
    ("the TOML is broken: {reason} (at end of document)", "TOML语法有误，文末：{reason}"),
    ("the TOML is broken: {reason}", "TOML语法有误：{reason}"),
    ("mend the syntax there", "请改正该处的语法"),
    ("more than {n} bytes", "超过{n}字节"),
    ("shorten the reasons or the list of sources", "请缩短理由或出处"),
    ("a dotted key", "有带点的键"),
    ("write plain keys under [[assumption]] and [[shock]]", "请在 [[assumption]] 和 [[shock]] 下面写不带点的键"),
    ("half a character, which UTF-8 cannot write", "有半个字符，UTF-8写不出"),
    ("write it again", "请重写一遍"),
    ("lists or tables nested too deeply", "列表或表套得太深"),
    ("nest nothing: no key needs it", "请不要嵌套，没有哪个键需要"),
    ("write schema = {n}, the only one there is", "请写 schema = {n}，现在只有这一种"),
    ("{n} problems in the scenario", "假定里有{n}处问题"),
    ("mend each, and read again", "请逐处改正，再试一次"),
    ("unknown key {value}", "没有 {value} 这个键"),
    ("use {list}", "可用的有 {list}"),
    ("{key} is missing", "缺少 {key}"),
    ("give {key} as {options}", "{key} 请写成以下之一：{options}"),
    ("give {key} as {phrase}", "{key} 请写成{phrase}"),
    ("text in quotes", "引号里的文字"),
    ("a year from {n} to {n2}", "{n}到{n2}之间的年份"),
    ("a list of at most {n} ids in quotes", "列表，至多{n}个带引号的出处"),
    ("at most {n} tables {n2}", "至多{n}个 {n2} 表"),
    ("a list of {n} to {n2} numbers, each within {n3} either way", "{n}到{n2}个数的列表，每个在正负{n3}以内"),
    ("a number within {n} either way", "正负{n}以内的数"),
    ("a number from {n} to {n2}", "{n}到{n2}之间的数"),
    # Records
    ("a value of {n}", "数值为{n}"),
    ("a spread of {n}", "不确定范围为{n}"),
    ("a fall of {n}", "下跌为{n}"),
    ("a recovery of {n}", "补回的比例为{n}"),
    ("{n} yearly values", "有{n}个年度数值"),
    ("a phase-in over {n} years", "分{n}年到位"),
    ("give a number from {n} to {n2}", "请给{n}到{n2}之间的数"),
    ("give a number between {n} and {n2}", "请给{n}与{n2}之间的数"),
    ("give one from {n} to {n2}", "请给{n}到{n2}之间的年份"),
    ("give {n} to {n2}", "应在{n}到{n2}之间"),
    ("{value} is no year", "{value} 不是年份"),
    ("no usable id", "id 不能用"),
    ("use lower-case letters, digits and hyphens, at most {n}", "请用小写字母、数字和连字符，至多{n}个，以字母开头"),
    ("{key} is assumed twice", "{key} 假定了两次"),
    ("keep one assumption a lever", "每一项只留一个假定"),
    ("{key} and {key2} set the same thing", "{key} 和 {key2} 定的是同一件事"),
    ("keep one of them", "请只留一个"),
    ("{key} without {key2}", "有 {key} 而没有 {key2}"),
    ("state {key} too: only their sum moves a nominal share, and nothing published tells them apart",
     "请同时写明 {key}：名义占比只随两者之和变动，公布的数字分不开它们"),
    ("unknown lever {quoted}", "没有 {quoted} 这一项可以假定"),
    ("unknown driver {quoted}", "没有 {quoted} 可以跟着走"),
    ("unknown shape {quoted}", "没有 {quoted} 这种路径"),
    ("unknown target {quoted}", "没有 {quoted} 这个目标"),
    # Running and solving
    ("no target of {key} lies ahead of the accounts", "{key} 没有哪个目标的期限晚于最近一年的数字"),
    ("choose one with a later deadline", "请换一个期限更晚的方案"),
    ("{key} is not ahead of the accounts", "{key} 的期限不晚于最近一年的数字，或没有数值"),
    ("choose a target with a later deadline", "请选期限更晚的目标"),
    ("the accounts hold no {key}", "推算里没有 {key}"),
    ("choose a target for one of {list}", "请选以下指标之一的目标：{list}"),
    ("{key} begins in {n}, the projection in {n2}", "{key} 从{n}年开始，推算从{n2}年开始"),
    ("state the years from {n} on", "请从{n}年写起"),
    ("the accounts tell no real growth and deflator apart", "推算分不开实际增长和平减指数"),
    ("state nominal growth, or give published real growth", "请直接写明名义增长，或给出公布的实际增长"),
    ("the shares leave nothing for the rest in {n} of the outcomes", "{n}的结果里，这些占比没有给其余部分留下余地"),
    ("lower an outgrowth, a relative price or the growth of a part", "请调低某一部分高出的幅度、价格涨幅或名义增长"),
    ("no share of producer services in services was ever published", "从未公布过生产性服务业占服务业的比重"),
    ("leave their levers out", "请去掉有关生产性服务业的假定"),
    ("leave its levers out", "请去掉有关它的假定"),
    ("{n} is no chance to aim at", "{n}不能作为想要的可能性"),
    ("the plan names no province", "方案没有写明所在的省"),
    ("name it, or use {key}", "请写明，或用 {key}"),
    ("{name} and {phrase} have real growth of {n} common years, {n2} are needed",
     "{name}与{phrase}都公布了实际增长的只有{n}年，至少要{n2}年"),
    ("the nation", "全国"),
    ("choose another driver, or state real growth itself", "请换一个跟随的对象，或直接写明实际增长"),
    ("no real growth of {phrase} is known", "不知道{phrase}的实际增长"),
    ("state real growth", "请直接写明实际增长"),
    ("nothing called {quoted} to take", "没有 {quoted} 可以照搬"),
    ("{n} comes after {n2}", "{n}晚于{n2}"),
    ("give the earlier year first", "请先写较早的年份"),
    ("no peer called {quoted}", "其他地区里没有 {quoted}"),
    ("choose a province or one of {names}", "请选一个省，或以下城市之一：{names}"),
    ("{name}: no growth inside one statistical basis is known for {list}", "{name}：{list}年没有同一统计口径的增速"),
    ("choose other years, or another place", "请换年份，或换一个地方"),
    # Projecting
    ("no peer has an error path of {n} years yet", "其他地区还没有长达{n}年的误差记录"),
    ("no peer has joint error paths of that length", "其他地区没有那么长的联合误差记录"),
    ("the nation has no past errors yet", "全国还没有过去的误差"),
    ("the nation has no past errors of real growth", "全国没有实际增长的过去误差"),
    ("no peers publish {key}, a {key2}", "没有其他地区公布 {key}（{key2} 类指标）"),
    ("no peers publish {pair}", "没有其他地区公布 {pair}"),
    ("{pair} were never published together", "从未同时公布过 {pair}"),
    ("real growth is known of {n} years up to GDP's latest", "到地区生产总值的最近一年为止，已知实际增长的只有{n}年"),
    ("{n} of the outcomes respect {key} < {key2} up to {n2}", "{n}的结果符合直到{n2}年的 {key} < {key2}"),
    ("what it is a part of cannot be projected", "它所属的整体无法推算"),
    ("it is no item of the accounts", "推算里没有这一项"),
    ("{key} is published up to {n}", "{key} 已公布到{n}年"),
    ("{key} has too few yearly changes", "{key} 的逐年变化太少"),
    ("{key} has a gap before {n}", "{key} 在{n}年以前有缺口"),
    ("quantiles reach {n} years ahead, not {n2}", "误差的分位数只到{n}年以后，不到{n2}年"),
    ("no {quoted} in the accounts", "推算里没有 {quoted}"),
    ("choose a nearer deadline or a later date", "请选较近的期限，或较晚的数据日期"),
    ("choose a nearer deadline", "请选较近的期限"),
    ("choose a nearer year", "请选较近的年份"),
    ("choose a later year", "请选较晚的年份"),
    ("choose a later date", "请选较晚的数据日期"),
    ("ask for a nearer year", "请选较近的年份"),
    ("wait for figures", "请等数字公布"),
    ("wait for more figures", "请等更多数字公布"),
    ("check years and bases", "请检查年份和统计口径"),
    ("see `missing`", "原因见 missing"),
    ("add the series to the peers", "请补充其他地区的这个序列"),
    ("add the series to the peers, or read the figures", "请补充其他地区的这个序列，或只看数字"),
    ("add the series to the peers, or read the figures only", "请补充其他地区的这个序列，或只看数字"),
    # Why the parser of TOML stops
    ("Invalid value", "值写得不对"),
    ("Invalid statement", "既不是“键 = 值”，也不是表头"),
    ("Expected newline or end of document after a statement", "一条写完须换行"),
    ("Expected '=' after a key in a key/value pair", "键后面缺等号"),
    ("Expected ']' at the end of a table declaration", "表头缺 ]"),
    ("Expected ']]' at the end of an array declaration", "表头缺 ]]"),
    ("Expected {quoted}", "缺 {quoted}"),
    ("Found invalid character {quoted}", "不能有字符 {quoted}"),
    ("Illegal character {quoted}", "不能有字符 {quoted}"),
    ("Invalid initial character for a key part", "键不能这样开头"),
    ("Cannot declare {value} twice", "{value} 声明了两次"),
    ("Cannot overwrite a value", "同一个键写了两次"),
    ("Cannot mutate immutable namespace {value}", "{value} 已经写定，不能再添"),
    ("Cannot redefine namespace {value}", "{value} 定义了两次"),
    ("Duplicate inline table key {value}", "键 {value} 写了两次"),
    ("Unclosed array", "方括号没有合上"),
    ("Unclosed inline table", "花括号没有合上"),
    ("Unterminated string", "引号没有合上"),
    ("Unescaped '\\' in a string", "引号里的反斜杠没有转义"),
    ("Invalid hex value", "十六进制数写得不对"),
    ("Escaped character is not a Unicode scalar value", "转义写出的不是字符"),
    ("Invalid date or datetime", "没有这个日期或时间"),
    ("Exceeds the limit ({n} digits) for integer string conversion: value has {n2} digits; {rest}",
     "整数有{n2}位，最多{n}位"),
    # Where
    ("the link", "链接"),
    ("scenario link", "假定的链接"),
    ("{phrase}, [[assumption]] {n}", "{phrase}，第{n}个 [[assumption]]"),
    ("{phrase}, [[shock]] {n}", "{phrase}，第{n}个 [[shock]]"),
    ("scenario {quoted}", "假定 {quoted}"),
    ("scenario", "假定"),
    ("assumption {key}", "对 {key} 的假定"),
    ("assumption", "假定"),
    ("shock of {value}", "{value}年的下跌"),
    ("phase-in of {value}", "{value} 分年到位"),
    ("target {key}", "目标 {key}"),
    ("argument {key}", "参数 {key}"),
    ("argument", "参数"),
    ("arguments {list}", "参数 {list}"),
    ("as of {n}", "数据截至{n}"),
    ("the plan", "方案"),
    ("plan.toml, key {key}", "plan.toml 的键 {key}"),
    ("the peers", "其他地区的数字"),
    ("the peers' figures", "其他地区的数字"),
    ("published figures", "公布的数字"),
    ("reference class", "其他地区过去的误差"),
    ("accounts", "推算"),
    # General
    ("no {key}: {phrase}", "没有 {key}：{phrase}"),
    ("choose one of {list}", "请选以下之一：{list}"),
    ("choose from {list}", "请选以下之一：{list}"),
    ("choose {list}", "请选以下之一：{list}"),
    ("{key} is {value}", "{key} 的值不对：{value}"),
)  # fmt: skip


def _pattern(english: str) -> re.Pattern[str]:
    literal_and_place = re.split(r"\{(\w+)\}", english)
    made = [
        f"(?P<{part}>{_KINDS.get(_kind(part), '.+?')})" if odd % 2 else re.escape(part)
        for odd, part in enumerate(literal_and_place)
    ]
    return re.compile("".join(made), re.DOTALL)


def _kind(place: str) -> str:
    return place.rstrip("0123456789")


TABLE = tuple((_pattern(english), chinese) for english, chinese in _WORDING)


def in_chinese(error: QdeconError) -> tuple[str, str, str]:
    """What is wrong, where, and what to do next, in Chinese; what the table does not know stays as it is.

    Several problems in one error are one line each of the second text.

    Examples
    --------
    >>> from qdecon.errors import NotAvailable
    >>> in_chinese(NotAvailable("first is true", "scenario link", "give first as a year from 1900 to 2200"))
    ('first 的值不对：true', '假定的链接', 'first 请写成1900到2200之间的年份')
    """
    return _phrase(error.what), "\n".join(map(_line, _lines(error.where))), _phrase(error.remedy)


def _lines(where: str) -> Iterable[str]:
    return (line.strip() for line in where.split("\n"))


def _line(text: str) -> str:
    """A place, or one of several problems: ``where: what (next: remedy)``."""
    head, remedy = text.rpartition(" (next: ")[::2]
    where, what = head.partition(": ")[::2]
    if not what or not remedy.endswith(")"):
        return _phrase(text)
    return f"{_phrase(where)}：{_phrase(what)}（怎么办：{_phrase(remedy[:-1])}）"


def _phrase(text: str, depth: int = DEPTH) -> str:
    return _known(text, depth) or text


def _known(text: str, depth: int) -> str | None:
    """What the table says; None if it has no such message."""
    for pattern, chinese in TABLE if depth else ():
        if found := pattern.fullmatch(text):
            places = found.groupdict().items()
            return chinese.format(**{place: _carried(place, said, depth - 1) for place, said in places})
    return None


def _carried(place: str, said: str, depth: int) -> str:
    """What stands in a place of a message, as it stands in the Chinese one."""
    match _kind(place):
        case "phrase":
            return _phrase(said, depth)
        case "reason":
            return _known(said, depth) or "写法不合TOML"
        case "list" | "names":
            return said.replace(", ", "、")
        case "options":
            return said.replace(" or ", "、")
        case "pair":
            return said.replace(" and ", " 和 ")
        case "value":  # what a reader wrote is in quotes, and stays
            return _QUOTED_OR_NAMED.sub(lambda found: _NAMED.get(found[0], found[0]), said)
        case _:
            return said
