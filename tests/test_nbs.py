"""The client of the national statistics database: polite, bounded in time and size, and never guessing."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qdecon.errors import NotAvailable, QdeconError, UnknownName
from qdecon.sources import nbs
from qdecon.sources.nbs import BASE_URL, Client, Pace
from qdecon.sources.nbsanswer import Cell, cells, merged, periods
from qdecon.sources.nbstables import TABLES, Piece, table
from tests.nbs_server import VALUES, WARM_UP, database, only_here, serving

__all__ = ["database", "only_here"]


def request(name="cities", item="gdp", place="青岛", first=2019, last=2025):
    (one,) = table(name).requests(table(name).item(item), table(name).place(place), first, last)
    return one


def fetched(database, asked=None):
    asked = asked or request()
    with database.client() as client:
        return cells(asked, client.answer(asked))


def refusal(database) -> str:
    """What is said when an answer is refused: it names the request, and something to do next."""
    with pytest.raises(NotAvailable) as caught:
        fetched(database)
    assert caught.value.where.startswith("table cities (75a85abe58c749e0ad1d85be343e9056), gdp of 青岛, 2019-2025")
    assert len(caught.value.remedy) > 20
    return str(caught.value)


# ----------------------------------------------------------------------------------------------------------------------
# Good answers
# ----------------------------------------------------------------------------------------------------------------------


def test_figures_are_the_text_that_was_printed(database):
    found = fetched(database)
    assert {year: cell.value for year, cell in found.items()} == {
        2019: "11741", 2020: "12401", 2021: "14136", 2022: "14920.75", 2023: "15760", 2024: "16719.46", 2025: None,
    }  # fmt: skip
    assert (found[2024].name, found[2024].period) == ("地区生产总值 (当年价格) (亿元)", "2024年")


@pytest.mark.parametrize(
    ("name", "item", "place", "value"),
    [
        ("provinces", "gdp", "山东", "98565.8"), ("provinces", "va_tertiary", "山东", "52340.3"),
        ("provinces", "gdp_per_capita", "山东", "97575"), ("provinces-index", "gdp_index", "山东", "105.6"),
        ("nation", "gdp", "中国", "1348066"),
    ],
)  # fmt: skip
def test_provinces_their_index_and_the_nation_are_read_alike(database, name, item, place, value):
    assert fetched(database, request(name, item, place))[2024].value == value


def test_numbers_that_are_not_quoted_keep_their_digits(database):
    database.spoil = lambda answer: answer["data"][1]["values"][0].update(value=16719.5)
    assert fetched(database)[2024].value == "16719.5"


def test_the_question_is_the_one_that_the_interface_documents(database):
    fetched(database)
    assert database.asked == [
        {
            "cid": "75a85abe58c749e0ad1d85be343e9056", "indicatorIds": ["35613910b9ad47e19cf79ae041ccb7ed"],
            "daCatalogId": "", "das": [{"text": "青岛", "value": "370200000000"}], "showType": "1",
            "dts": ["2019YY-2025YY"], "rootId": "2d06bab01494417e9052ef0f8d93e23e",
        }
    ]  # fmt: skip


def test_a_session_visits_the_page_once_and_keeps_its_cookie(database):
    with database.client() as client:
        client.answer(request())
        client.answer(request(last=2024))
    assert database.visits == [("GET", WARM_UP, "")] + [("POST", VALUES, "session=warm")] * 2


def test_requests_keep_their_distance_by_the_clock_that_is_given(database):
    now, starts = [100.0], []

    def sleep(seconds):
        now[0] += seconds

    with Client(database.url, Pace(interval=1.0), clock=lambda: now[0], sleep=sleep) as client:
        for _ in range(4):
            client.answer(request())
            starts.append(now[0])
            now[0] += 0.25
    assert starts == [101.0, 102.0, 103.0, 104.0]  # the visit of the page comes first


@pytest.mark.parametrize("blank", ["", "无", None, " ", " 无 "])
def test_a_blank_cell_is_not_published_and_never_zero(database, blank):
    database.spoil = lambda answer: answer["data"][1]["values"][0].update(value=blank)
    assert fetched(database)[2024].value is None


def test_no_values_and_no_period_are_not_published_either(database):
    database.spoil = lambda answer: (answer["data"][1].update(values=[]), answer["data"].pop(0))
    found = fetched(database)
    assert (found[2025].value, found[2024].value, found[2023].value) == (None, None, "15760")


# ----------------------------------------------------------------------------------------------------------------------
# Failures on the way
# ----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["empty", "null", "500", "503", "cut"])
def test_what_fails_once_is_asked_again(database, fault):
    database.faults = [fault]
    assert fetched(database)[2024].value == "16719.46"
    assert len(database.asked) == 2


@pytest.mark.parametrize(
    ("fault", "attempts", "words"),
    [
        ("empty", 4, "answers nothing, 4 times"), ("500", 3, "status 500"), ("cut", 3, "3 attempts"),
        ("html", 1, "wait 10-30 minutes"), ("html unmarked", 1, "wait 10-30 minutes"), ("429", 1, "wait 10-30 minutes"),
        ("403", 1, "interface has changed, or this address is refused"),
        ("404", 1, "interface has changed, or this address is refused"), ("418", 1, "unexpected status 418"),
        ("truncated", 1, "broken or cut short"), ("nothing", 1, "broken or cut short"), ("latin", 1, "cut short"),
        ("deep", 1, "nested too deeply"), ("huge", 1, "more than 8 MB"), ("list", 1, "no object"),
        ("failure", 1, "系统异常"), ("to https://elsewhere.invalid/x", 1, "another host"),
        ("to //127.0.0.2/x", 1, "another host"), ("to http://[", 1, "another host"),
        (f"to {VALUES}", 4, "redirected more than 3 times"),
    ],
)  # fmt: skip
def test_what_fails_always_is_told_after_so_many_attempts(database, fault, attempts, words):
    database.always = fault
    assert words in refusal(database)
    assert len(database.asked) == attempts


@pytest.mark.parametrize("fault", ["drip", "drip without end", "drip headers", "silence"])
def test_a_server_that_drips_cannot_hold_a_request_beyond_its_deadline(database, fault):
    with database.client() as client:
        client.answer(request())
        database.always, client.pace = fault, replace(client.pace, deadline=0.2)
        with pytest.raises(NotAvailable, match=r"3 attempts \(ReadTimeout"):
            client.answer(request())


def test_after_a_slow_answer_the_session_goes_on(database):
    with database.client() as client:
        client.answer(request())
        database.faults, client.pace = ["drip headers"], replace(client.pace, deadline=1.0)
        assert cells(request(), client.answer(request()))[2024].value == "16719.46"


def test_a_redirection_within_the_host_is_followed(database):
    database.faults = [f"to {VALUES}?moved"]
    assert fetched(database)[2024].value == "16719.46"


def test_nobody_there_is_told():
    with serving() as gone:
        client = gone.client()
    with client, pytest.raises(NotAvailable, match=r"3 attempts \(ConnectError"):
        client.answer(request())


# ----------------------------------------------------------------------------------------------------------------------
# Answers to something else
# ----------------------------------------------------------------------------------------------------------------------


def lacking(field):
    return lambda answer: answer["data"][1]["values"][0].pop(field)


def with_cell(**values):
    return lambda answer: answer["data"][1]["values"][0].update(values)


@pytest.mark.parametrize(
    ("spoil", "field", "words"),
    [
        (lambda answer: answer.pop("data"), "data", "missing"),
        (lambda answer: answer.pop("success"), "success", "missing"),
        (lambda answer: answer.update(data={"a": 1}), "data", "no list"),
        (lambda answer: answer.update(data=["a"]), "data", "no object"),
        (lambda answer: answer["data"][1].pop("values"), "values", "missing"),
        (lambda answer: answer["data"][1].update(values={}), "values", "no list"),
        (lambda answer: answer["data"][1].update(values=["a"]), "values", "no list"),
        (lambda answer: answer["data"][1].pop("code"), "code", "missing"),
        (lambda answer: answer["data"][1].pop("name"), "name", "missing"),
        (lambda answer: answer["data"][1].update(name="2023年"), "name", "is named"),
        (lambda answer: answer["data"][1].update(code="2024A"), "code", "unknown period '2024A'"),
        (lambda answer: answer["data"][1].update(code="202404SS"), "code", "unknown period"),
        (lambda answer: answer["data"][1].update(code="1999YY"), "code", "unknown period"),
        (lambda answer: answer["data"][1].update(code=["2024YY"]), "code", "unknown period"),
        (lambda answer: answer["data"].append(answer["data"][1]), "code", "twice"),
        (lambda answer: answer["data"][1]["values"].append(answer["data"][1]["values"][0]), "values", "2 cells"),
        (lacking("value"), "value", "missing"), (lacking("i_showname"), "i_showname", "missing"),
        (lacking("du_name"), "du_name", "missing"), (lacking("_id"), "_id", "missing"),
        (lambda answer: (lacking("da")(answer), lacking("da_name")(answer)), "da", "missing"),
        (with_cell(du_name="万元"), "du_name", "the unit is '万元', not 亿元"),
        (with_cell(du_name=None), "du_name", "the unit is None, not 亿元"),
        (with_cell(da="370100000000"), "da", "another region"),
        (with_cell(da_name="济南"), "da_name", "another region"),
        (with_cell(da_name=7), "da_name", "another region"), (with_cell(_id="368fe576"), "_id", "another indicator"),
        (with_cell(i_showname="人均地区生产总值 (亿元)"), "i_showname", "is not 地区生产总值"),
        (with_cell(i_showname="地区生产总值指数"), "i_showname", "is not 地区生产总值"),
        (with_cell(i_showname="工业增加值"), "i_showname", "is not 地区生产总值"),
        (with_cell(i_showname=None), "i_showname", "no plain text"),
        (with_cell(i_showname="地区生产总值\ud800"), "i_showname", "no plain text"),
        (with_cell(value=float("nan")), "value", "NaN is no number"),
        (with_cell(value=float("inf")), "value", "Infinity is no number"),
        (with_cell(value="nan"), "value", "no number"),
        (with_cell(value="16,719.46"), "value", "no number"), (with_cell(value="1e4"), "value", "no number"),
        (with_cell(value="１６７１９"), "value", "no number"), (with_cell(value=True), "value", "no number"),
        (with_cell(value=["1"]), "value", "no number"), (with_cell(value="9" * 40), "value", "no number"),
        (with_cell(value="0"), "value", "2024 is 0"), (with_cell(value=0), "value", "2024 is 0"),
        (with_cell(value="0.00"), "value", "2024 is 0"), (with_cell(value="-16719.46"), "value", "cannot be right"),
    ],
)  # fmt: skip
def test_an_answer_that_is_not_what_was_asked_for_is_refused_with_its_field(database, spoil, field, words):
    database.spoil = spoil
    told = refusal(database)
    assert words in told
    assert f"field {field}\n" in told
    assert len(database.asked) == 1


def test_an_index_far_from_100_is_refused(database):
    database.spoil = with_cell(value="5.6")
    with pytest.raises(NotAvailable, match=r"5\.6 cannot be right"):
        fetched(database, request("provinces-index", "gdp_index", "山东"))


@given(body=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_body_breaks_the_reader(body):
    with suppress(QdeconError):
        periods(body, "somewhere")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["code", "name", "values", "_id", "i_showname", "value", "du_name", "da", "da_name"]), inner,
        max_size=6,
    ),
    max_leaves=12,
)  # fmt: skip


@given(data=JSON)
def test_no_shape_breaks_the_reader(data):
    try:
        found = cells(request(), json.dumps({"success": True, "state": 20000, "data": data}).encode())
    except QdeconError:
        return
    assert set(found) == set(range(2019, 2026))


# ----------------------------------------------------------------------------------------------------------------------
# Series cut over several pieces
# ----------------------------------------------------------------------------------------------------------------------


def cut(*pieces):
    """The table of cities with its series cut by period."""
    return replace(table("cities"), pieces=tuple(Piece("75a85abe58c749e0ad1d85be343e9056", *each) for each in pieces))


def of_pieces(database, *pieces):
    whole = cut(*pieces)
    with database.client() as client:
        return merged(
            (each, cells(each, client.answer(each)))
            for each in whole.requests(whole.item("gdp"), whole.place("青岛"), 2019, 2025)
        )


@pytest.mark.parametrize(
    "pieces", [((None, 2021), (2022, None)), ((2015, 2022), (2020, None)), ((None, 1999), (None, 2030), (2040, None))]
)
def test_a_series_cut_by_period_is_put_together(database, pieces):
    assert of_pieces(database, *pieces) == fetched(database)
    assert [each["dts"] for each in database.asked[:-1]] == [
        [f"{max(2019, first or 0)}YY-{min(2025, last or 9999)}YY"]
        for first, last in pieces
        if (last or 9999) >= 2019 and (first or 0) <= 2025
    ]


def test_pieces_that_disagree_where_they_overlap_are_refused(database):
    def another(answer):
        if len(database.asked) == 2:
            answer["data"][-1]["values"][0]["value"] = "11000"

    database.spoil = another
    with pytest.raises(NotAvailable, match="two pieces of the series disagree in 2021: 14136 and 11000"):
        of_pieces(database, (None, 2022), (2021, None))


def test_each_piece_may_have_its_own_identifier():
    whole = cut((None, 2021), (2022, None))
    item = replace(whole.item("gdp"), keys=("one", "two"))
    asked = list(whole.requests(item, whole.place("青岛"), 2019, 2025))
    assert [each.key for each in asked] == ["one", "two"]
    assert len({each.digest for each in asked}) == 2


# ----------------------------------------------------------------------------------------------------------------------
# The catalogue
# ----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TABLES)
def test_every_place_has_a_code_of_twelve_digits_and_every_item_its_own_key(name):
    chosen = table(name)
    with pytest.raises(UnknownName, match="choose one of") as caught:
        chosen.place("某市")
    names = caught.value.remedy.removeprefix("choose one of ").split("、")
    codes = [chosen.place(each).code for each in names]
    assert len(set(codes)) == len(names) == {"city": 36, "province": 31, "nation": 1}[chosen.kind]
    assert all(len(code) == 12 and code.isdigit() for code in codes)
    keys = [key for item in chosen.items for key in item.keys]
    assert len(set(keys)) == len(keys)
    assert all(len(key) == 32 and int(key, 16) for key in [*keys, chosen.root, *(piece.cid for piece in chosen.pieces)])


@pytest.mark.parametrize("name", TABLES)
def test_no_name_of_an_item_means_another_one(name):
    items = table(name).items
    for item in items:
        named = "".join(item.words)
        assert item.named(named)
        assert [other.id for other in items if other.named(named)] == [item.id]


def test_unknown_names_are_told_the_known_ones():
    with pytest.raises(UnknownName, match="cities, provinces, provinces-index, nation"):
        table("towns")
    with pytest.raises(UnknownName, match="gdp, va_secondary, va_tertiary"):
        table("cities").item("va_industry")


# ----------------------------------------------------------------------------------------------------------------------
# The way in
# ----------------------------------------------------------------------------------------------------------------------


def test_the_real_database_is_never_reached_by_a_test():
    assert BASE_URL == "https://data.stats.gov.cn"
    with Client(sleep=lambda seconds: None) as client, pytest.raises(AssertionError, match=r"data\.stats\.gov\.cn"):
        client.answer(request())


@pytest.mark.parametrize(
    "address",
    ["", "data.stats.gov.cn", "ftp://a.b", "http://", "http://[", "http://a:99999", "http://数据", "http://a b"],
)
def test_an_address_that_is_none_is_refused(address):
    with pytest.raises(NotAvailable, match="no address"):
        Client(address)


def test_without_the_extra_it_is_told_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "httpx", None)
    with pytest.raises(NotAvailable, match=r"qdecon\[live\]"):
        Client()


def test_the_defaults_are_polite():
    pace = Pace()
    assert pace.interval >= 1
    assert pace.pause >= 1
    assert 10 <= pace.deadline <= 120
    assert nbs.RETRIES == 2
    assert nbs.LARGEST == 8 * 1024 * 1024


@given(first=st.decimals(1, 9999, places=2), second=st.decimals(1, 9999, places=2))
def test_overlaps_agree_by_value_and_not_by_digits(first, second):
    parts = [(request(), {2020: Cell(2020, f"{first}")}), (request(), {2020: Cell(2020, f"{second}0")})]
    if first == second:
        assert Decimal(merged(parts)[2020].value) == first
    else:
        with pytest.raises(NotAvailable, match="disagree"):
            merged(parts)
