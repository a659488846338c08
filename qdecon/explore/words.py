"""Every text of the page, in both languages."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from qdecon.plan import Bilingual

if TYPE_CHECKING:
    from collections.abc import Mapping

WORDS: Mapping[str, Bilingual] = MappingProxyType(
    {
        "title": Bilingual("目标要实现，需要发生什么？", "What would have to happen?"),
        "lead": Bilingual(
            "选一个目标，移动假定，看可能性怎样变化。每种结果里，各部分加起来都等于地区生产总值；没有说明的，都按模型。"
            "假定之下的结果不是预测。",
            "Choose a target, move the assumptions, and watch the chance. In every outcome the parts add up to GDP; "
            "what is not stated goes as the model says. What follows from an assumption is no forecast.",
        ),
        "language": Bilingual("语言", "Language"),
        "target": Bilingual("目标", "Target"),
        "preset": Bilingual("现成的假定", "Ready-made assumptions"),
        "own": Bilingual("自定假定", "My own assumptions"),
        "assumptions": Bilingual("假定", "Assumptions"),
        "model": Bilingual("按模型", "As the model says"),
        "growth": Bilingual("增长", "Growth"),
        "prices": Bilingual("物价", "Prices"),
        "manufacturing": Bilingual("制造业", "Manufacturing"),
        "services": Bilingual("服务业", "Services"),
        "real_growth": Bilingual("实际增长", "Real growth"),
        "nominal_growth": Bilingual("名义增长", "Nominal growth"),
        "nation_growth": Bilingual("跟着全国走（弹性）", "With the nation (elasticity)"),
        "province_growth": Bilingual("跟着全省走（弹性）", "With the province (elasticity)"),
        "deflator": Bilingual("平减指数", "The deflator"),
        "outgrowth": Bilingual("与其余部分相比", "Compared with the rest"),
        "growth_of_part": Bilingual("自身名义增长", "Its own nominal growth"),
        "as_in": Bilingual("照另一个城市的名义增长", "Nominal growth as in another city"),
        "city": Bilingual("城市", "City"),
        "from_year": Bilingual("从哪一年", "From"),
        "to_year": Bilingual("到哪一年", "To"),
        "spread": Bilingual(
            "假定有多不确定：80%的情形在上下多少之内", "How uncertain: 80% of the cases lie within this, either way"
        ),
        "fall": Bilingual("某一年下跌（对数百分点）", "A fall in one year (log points)"),
        "fall_year": Bilingual("下跌的年份", "Year of the fall"),
        "recovery": Bilingual("以后每年补回（%）", "Made up in each later year (%)"),
        "reset": Bilingual("全部恢复为按模型", "Reset: all as the model says"),
        "under": Bilingual("假定之下", "Under these assumptions"),
        "in_year": Bilingual("年的主要指标", "Headline indicators in "),
        "indicator": Bilingual("指标", "Indicator"),
        "median": Bilingual("中位数", "Median"),
        "interval": Bilingual("80%区间", "80% interval"),
        "all_targets": Bilingual("同样的假定之下，各个目标", "Every target ahead under the same assumptions"),
        "chance": Bilingual("可能性", "Chance"),
        "status": Bilingual("状态", "Status"),
        "needed": Bilingual("只动一项，需要多少？", "Moving one thing alone: how far?"),
        "solve": Bilingual("动哪一项", "What to move"),
        "by": Bilingual("想要的可能性", "Wanted chance"),
        "shape": Bilingual("路径", "Path"),
        "constant": Bilingual("每年一样", "the same every year"),
        "front-loaded": Bilingual("前高后低", "more at first"),
        "phased": Bilingual("逐步提高", "more later"),
        "precedent": Bilingual("有没有先例", "Has it been done?"),
        "no_precedent": Bilingual(
            "没有可比的数字，说不出先例有多少。", "No comparable figures tell how often that was done."
        ),
        "keep": Bilingual("保存、引用、发送", "Keep, cite, send"),
        "preparing": Bilingual("正在准备……", "Preparing…"),
        "download": Bilingual("下载：", "Download: "),
        "png": Bilingual("图（PNG）", "figure (PNG)"),
        "svg": Bilingual("图（SVG）", "figure (SVG)"),
        "csv": Bilingual("数据（CSV）", "data (CSV)"),
        "link": Bilingual("链接，打开就是这一页", "A link that opens this very page"),
        "link_note": Bilingual(
            "在别的机器上，把问号以后的部分接在那里 qdecon explore 给出的地址后面。",
            "On another machine, put what follows the question mark behind the address that qdecon explore prints.",
        ),
        "copy_link": Bilingual("复制链接", "Copy the link"),
        "toml": Bilingual("假定的文本（TOML），可以改", "The assumptions as text (TOML); you may edit it"),
        "text": Bilingual("假定的文本", "the text"),
        "apply": Bilingual("采用这段文本", "Use this text"),
        "copy_toml": Bilingual("复制文本", "Copy the text"),
        "wrong": Bilingual("这样不行，下面仍是上一次的结果：", "That does not work; below is still the last result: "),
        "wrong_link": Bilingual("链接有误，页面按默认打开：", "The link is wrong, so the page opens as usual: "),
        "next": Bilingual("怎么办", "What next"),
        "reason": Bilingual("理由", "Reason"),
        "sources": Bilingual("出处", "Sources"),
        "as_of": Bilingual("数据截至", "Figures known on "),
    }
)
