"""The fixed words of the report in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qdecon.plan import Bilingual

if TYPE_CHECKING:
    from qdecon.plan import Language

LABELS = {
    "skip": Bilingual("跳到正文", "Skip to content"),
    "other": Bilingual("English", "中文"),
    "front": Bilingual("总览", "Overview"),
    "changes": Bilingual("变动", "What moved"),
    "method": Bilingual("方法", "Method"),
    "sources": Bilingual("资料来源", "Sources"),
    "as_of": Bilingual("截至", "As of"),
    "finding": Bilingual("结论", "The finding"),
    "scorecard": Bilingual("逐项判断", "Scorecard"),
    "search": Bilingual("查找目标", "Search the targets"),
    "status": Bilingual("判断", "verdict"),
    "every": Bilingual("全部", "all"),
    "shown": Bilingual("项符合", "shown"),
    "counts": Bilingual("各类判断的项数", "How many of each"),
    "promised": Bilingual("承诺了什么", "What was promised"),
    "read_as": Bilingual("读作", "Read as"),
    "unclear": Bilingual("不清楚之处", "What is unclear"),
    "why_not": Bilingual("为何不判断", "Why it is not judged"),
    "translation": Bilingual("英译", "Translation"),
    "document": Bilingual("文件", "Document"),
    "strength": Bilingual("力度", "Strength"),
    "quote_this": Bilingual("可引用的一句话", "The sentence to quote"),
    "copy": Bilingual("复制", "Copy"),
    "copied": Bilingual("已复制", "Copied"),
    "table": Bilingual("列表", "As a table"),
    "downloads": Bilingual("下载", "Downloads"),
    "figures": Bilingual("用到的数字及其出处", "The figures used and where they come from"),
    "figures_note": Bilingual(
        "每个数字后面是发布者的原话。带链接的数字通向这里。",
        "Each figure with the words in which it was published. Numbers with a link lead here.",
    ),
    "computed": Bilingual("其余数字怎样算出", "How the other numbers were computed"),
    "cite": Bilingual("如何引用", "Cite this"),
    "since": Bilingual("自从", "Since"),
    "moved": Bilingual("什么变了", "What moved"),
    "moved_none": Bilingual("没有一项判断或可能性有变动。", "No verdict and no chance moved."),
    "released": Bilingual("其间公布的数字", "Figures published in between"),
    "released_none": Bilingual("其间没有公布新的数字。", "No figure was published in between."),
    "turns": Bilingual("判断的每一次改变", "Every change of a verdict"),
    "turns_note": Bilingual(
        "按当时已知的数字重新判断，最近的在前。", "Judged again by what was known then, latest first."
    ),
    "feed": Bilingual("订阅（RSS）", "Follow (RSS)"),
    "used_by": Bilingual("取自此处的数字", "Figures taken from it"),
    "none_used": Bilingual("只用作依据，没有取用数字", "Cited, no figure taken"),
    "derived_as": Bilingual("推算：", "derived: "),
    "generated": Bilingual("生成工具", "Made by"),
    "data_digest": Bilingual("数据指纹", "digest of the data"),
    "readings": Bilingual("这一条的其他读法", "Other readings of this clause"),
    "home": Bilingual("本条", "This clause"),
    "target": Bilingual("目标", "Target"),
    "then": Bilingual("当时", "Then"),
    "now": Bilingual("现在", "Now"),
    "why": Bilingual("为什么", "Why"),
    "new": Bilingual("当时还没有这项目标", "This target did not exist then"),
    "from_docs": Bilingual(
        "下面的说明由程序的文档生成，原文为英文。",
        "The descriptions below are generated from the documentation of the program.",
    ),
    "figure_name": Bilingual("指标", "indicator"),
    "period": Bilingual("时期", "period"),
    "value": Bilingual("数值", "value"),
    "published_on": Bilingual("公布日期", "published"),
    "grade": Bilingual("等级", "grade"),
    "words_of": Bilingual("原话", "in the words of the source"),
    "source": Bilingual("来源", "source"),
    "publisher": Bilingual("发布者", "publisher"),
    "date": Bilingual("日期", "date"),
    "basis": Bilingual("口径和版本", "basis and vintage"),
    "caption_figures": Bilingual("数字、时期、原话和出处", "Figures, periods, quotations and sources"),
    "printed": Bilingual("打印本页可得全部内容。", "Print this page for all of it."),
    "no_figure": Bilingual("没有可画的数字。", "There are no figures to draw."),
}

STRENGTHS = {
    "binding": Bilingual("硬性目标", "binding"),
    "strive": Bilingual("力争", "to strive for"),
    "pledge": Bilingual("企业承诺", "an enterprise's pledge"),
}
EVIDENCE = {
    "official": Bilingual("官方", "official"),
    "press": Bilingual("报刊", "press"),
    "aggregator": Bilingual("汇编", "aggregator"),
    "derived": Bilingual("推算", "derived"),
}
VINTAGES = {
    "first": Bilingual("首次公布", "first release"),
    "retrieved": Bilingual("取自数据库", "as held by the database"),
    "final": Bilingual("最终核实", "finally verified"),
    "census4": Bilingual("四经普修订", "revised after the census"),
    "census5": Bilingual("五经普修订", "revised after the census"),
}
RULE_EVIDENCE = {
    "read": Bilingual("读自原文", "read at the source"),
    "second-hand": Bilingual("据他人转述", "as others report it"),
    "memory": Bilingual("凭记忆，未核对", "from memory, not checked"),
    "computed": Bilingual("按其定义推算", "worked out from its definition"),
}
SOURCE_KINDS = {
    "official": Bilingual("官方", "official"),
    "press": Bilingual("报刊", "press"),
    "aggregator": Bilingual("汇编", "aggregator"),
    "repository": Bilingual("资料库", "repository"),
    "database": Bilingual("数据库", "database"),
    "derived": Bilingual("推算", "derived"),
}
HEADINGS = {
    "trajectory": Bilingual("走势与目标", "Trajectory and target"),
    "pace": Bilingual("需要多快，过去多快", "Pace needed and past pace"),
    "cities": Bilingual("与其他城市相比", "Beside other cities"),
    "rules": Bilingual("各机构的达标判定法", "What published on-track rules say"),
    "base_rate": Bilingual("有没有先例", "Has it ever been done"),
    "sensitivity": Bilingual("换一种读法会怎样", "Under other readings"),
    "shortfall": Bilingual("差在哪里", "What the gap is made of"),
    "history": Bilingual("当时会怎样判断", "As it would have been judged"),
    "record": Bilingual("这种方法过去错过多少", "How often the method was wrong"),
}
PARTS = HEADINGS | {
    "verdict": Bilingual("判断", "verdict"),
    "counts": Bilingual("项数", "counts"),
    "distance": Bilingual("与目标的距离", "distance to target"),
    "vintages": Bilingual("各次公布", "vintages"),
    "composition": Bilingual("构成", "composition"),
}
COLUMNS = {
    "year": Bilingual("年份", "year"),
    "value": Bilingual("数值", "value"),
    "interval80": Bilingual("80%区间", "80% interval"),
    "interval95": Bilingual("95%区间", "95% interval"),
    "state": Bilingual("性质", "state"),
    "body": Bilingual("机构", "body"),
    "quantity": Bilingual("所算的量", "quantity"),
    "label": Bilingual("其分类", "its class"),
    "on_track": Bilingual("是否在轨", "on track"),
    "turning": Bilingual("刚好在轨的目标值，或不适用的原因", "target just on track, or why it says nothing"),
    "evidence": Bilingual("公式从何得知", "how the formula is known"),
    "place": Bilingual("地方", "place"),
    "years": Bilingual("年份", "years"),
    "change": Bilingual("变动", "change"),
    "beyond": Bilingual("比全国", "beyond the nation's"),
    "reading": Bilingual("读法", "reading"),
    "kind": Bilingual("类别", "kind"),
    "finding": Bilingual("判断", "verdict"),
    "chance": Bilingual("可能性", "chance"),
    "date": Bilingual("日期", "date"),
    "what": Bilingual("新的情况", "what was new"),
    "id": Bilingual("编号", "id"),
    "target": Bilingual("目标", "target"),
    "deadline": Bilingual("期限", "deadline"),
    "asked": Bilingual("要求", "asked"),
    "published": Bilingual("公布值", "published"),
    "sentence": Bilingual("一句话", "sentence"),
}
KINDS = {
    "base": Bilingual("现有读法", "as judged"),
    "clause": Bilingual("条款", "clause"),
    "data": Bilingual("数据", "data"),
    "model": Bilingual("模型", "model"),
}
STATES = {
    "observed": Bilingual("已公布", "published"),
    "projection": Bilingual("预测中位数", "projected median"),
    "needed": Bilingual("达标所需", "needed for the target"),
    "target": Bilingual("目标", "target"),
    "bound": Bilingual("上限", "ceiling"),
    "partial": Bilingual("由部分时期估计", "estimated from a part of the year"),
    "part": Bilingual("部分时期，已公布", "part of the year, published"),
}
YES = {
    True: Bilingual("在轨", "on track"),
    False: Bilingual("不在轨", "not on track"),
    None: Bilingual("不适用", "not applicable"),
}
SHAPES = {
    "met": "✓",
    "missed": "✕",
    "on_track": "▲",
    "uncertain": "◆",
    "off_track": "▼",
    "not_published": "○",
    "not_assessable": "–",
}


def labels(language: Language) -> dict[str, str]:
    """The words of one language by name."""
    return {name: each[language] for name, each in LABELS.items()}
