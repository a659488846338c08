"""How the numbers of each part come about, and at which step the page on the method tells more."""

from __future__ import annotations

from qdecon.plan import Bilingual

NOTES: dict[str, tuple[Bilingual, str]] = {
    "verdict": (
        Bilingual(
            "可能性是这样来的：由公布的数字出发，加上同一模型过去在其他地方真实犯过的误差，数出达标的结果占多少；所需增速、差额和比率由公布的数字直接算出。没有公布的年份按已公布的部分、上限和先例推断。",
            "Chances: from the published figures, with errors that the same model really made in other places, the share of "
            "outcomes in which the target is met. Needed growth, gaps and ratios follow from the published figures. Years never "
            "published are inferred from published parts, ceilings and precedents.",
        ),
        "assess",
    ),
    "trajectory": (
        Bilingual(
            "预测的中位数和区间来自同一组结果；达标所需的路径是从最近一个公布数匀速增长到目标。",
            "Median and intervals come from the same outcomes; the path needed grows at a constant rate from the latest "
            "published figure to the target.",
        ),
        "project",
    ),
    "pace": (
        Bilingual(
            "每年的增速只在同一统计口径内由公布的数字算出；所需增速是从最近一个公布数匀速增长到目标。",
            "Yearly growth is formed from published figures inside one statistical basis; the growth needed is constant from the latest published figure to the target.",
        ),
        "assess",
    ),
    "cities": (
        Bilingual(
            "同样年数里各主要城市的名义增长，跨越统计口径变化的年份不算；所需增速同上。",
            "Nominal growth of main cities over the same number of years, those across a change of basis left out; the growth needed as above.",
        ),
        "base_rate",
    ),
    "rules": (
        Bilingual(
            "各机构公布的公式，用同一串公布数各算一遍。",
            "The formulas that the bodies published, each applied to the same published figures.",
        ),
        "read_target",
    ),
    "base_rate": (
        Bilingual(
            "数出可比的地方在多少个同样长的时段里做到过所需的变动；跨越统计口径变化的时段不算。",
            "Counted: in how many spans of the same length comparable places did what is needed; spans across a change of "
            "statistical basis are left out.",
        ),
        "base_rate",
    ),
    "sensitivity": (
        Bilingual(
            "每次只换一样（条款的读法、所用的数字、模型），重新判断，分别计数。",
            "One thing at a time is read otherwise (clause, figures, model), the target judged again, and each kind counted apart.",
        ),
        "vary_readings",
    ),
    "shortfall": (
        Bilingual(
            "与规划所隐含的路径相比，把差额分为物量、价格与口径、结构；每一种结果里各部分之和都等于差额。",
            "Against the path that the plan implies, the gap is split into volume, price and re-basing, and structure; the "
            "parts add up in every outcome.",
        ),
        "split_shortfall",
    ),
    "history": (
        Bilingual(
            "在较早的每个日期，只用那一天已经公布的数字重新判断。",
            "On each earlier date the target is judged again by nothing but what was published then.",
        ),
        "history",
    ),
    "record": (
        Bilingual(
            "取自附带的历史检验表：对其他城市逐年回放，只用当时已知的数字。",
            "Taken from the record that ships with the data: replayed year by year on other cities, by what was known then.",
        ),
        "backtest",
    ),
    "counts": (
        Bilingual(
            "项数由逐项判断数出；同一条款的其他读法和后来文件的目标也列出，但不计入。",
            "Counted from the scorecard; further readings of a clause and goals of later documents are listed there but not counted.",
        ),
        "scorecard",
    ),
    "distance": (
        Bilingual(
            "已公布的值或预测的中位数与目标相差目标的百分之几。",
            "How far the published value, or the projected median, is from the target, in per cent of the target.",
        ),
        "assess",
    ),
    "vintages": (
        Bilingual(
            "同一年的数字在不同统计口径和版本中的公布值，以及两者之差。",
            "What successive statistical bases and releases said of the same year, and the difference.",
        ),
        "load",
    ),
    "composition": (
        Bilingual(
            "三次产业增加值占地区生产总值的比重，由公布的数字算出；预测部分各项相加。",
            "Shares of the sectors in GDP, formed from published figures; where projected, the parts add up.",
        ),
        "project_accounts",
    ),
}
