# ruff: noqa: E501 (an example is read more easily in one line)
from __future__ import annotations

import pytest

from gateway.location.address import Kind, parse

WRITTEN = (
    "浙江省/prov 杭州市/city 西湖区/district 文三路/road 478号/roadno 华星大厦/poi 3幢/houseno 2单元/cellno 1201室/roomno",
    "北京市/city 朝阳区/district 望京街道/town 阜通东大街/road 6号院/roadno 3号楼/houseno 2单元/cellno 1502/roomno",
    "上海市/city 浦东新区/district 世纪大道/road 100号/roadno 45楼/floorno",
    "广东省/prov 深圳市/city 南山区/district 科技园南区/poi 深南大道/road 9988号/roadno B座/houseno 12层/floorno",
    "四川省/prov 成都市/city 武侯区/district 人民南路/road 四段/subRoad 27号/subroadno",
    "江苏省/prov 苏州市/city 吴中区/district 木渎镇/town 金山路/road 88号/roadno 天平花园/poi 12幢/houseno 301室/roomno",
    "湖南省/prov 长沙市/city 岳麓区/district 咸嘉湖街道/town 幸福村/community 3组/road 18号/roadno",
    "山东/prov 青岛/city 市南区/district 香港中路/road 10号/roadno",
    "黑龙江省/prov 哈尔滨市/city 南岗区/district 西大直街/road 92号/roadno",
    "重庆市/city 渝中区/district 解放碑步行街/road 15号/roadno",
    "贵州省/prov 遵义市/city 红花岗区/district 迎红街道/town 民主路/road 21号/roadno",
    "福建省/prov 厦门市/city 思明区/district 湖滨南路/road 99-1号/roadno",
    "河南省/prov 郑州市/city 金水区/district 经三路/road 与/assist 农业路/subRoad 交叉口/assist",
    "湖北省/prov 武汉市/city 洪山区/district 珞喻路/road 1037号/roadno 华中科技大学/poi 东校区/subpoi",
    "翠湖花园/poi 12/houseno -/redundant 3/cellno -/redundant 401/roomno",
    "翠湖花园/poi 二期/subpoi 8栋/houseno 1402室/roomno",
    "临江路/road 200号/roadno 对面/assist",
    "星海大厦/poi A座/houseno 1205/roomno",
    "中国/country 江苏省/prov 南京市/city 鼓楼区/district 中山北路/road 30号/roadno",
    "江苏省/prov -/redundant 南京市/city -/redundant 玄武区/district -/redundant 珠江路/road -/redundant 88号/roadno",
    "浙江省/prov 宁波市/city 鄞州区/district 宁波市/redundant 鄞州区/redundant 钟公庙街道/town 四明中路/road 999号/roadno",
    "青山镇/town 石桥村/community 五组/road 36号/roadno",
    "滨江区/district 江南大道/road 88号/roadno 创新大厦/poi 13F/floorno",
    "城东街道/town 和平社区/community 光明新村/poi 7号楼/houseno 3单元/cellno 602/roomno",
    "民生路/road 18弄/roadno 5号/houseno 601室/roomno",
    "解放路/road 3巷/subRoad 9号/subroadno",
    "江苏/prov 无锡/city 滨湖区/district 太湖大道/road 1588号/roadno",
    "前进大街/road 12号/roadno 一楼/floorno",
)
"""Written lines: their elements in a row are the text."""

SAID = (
    ("我在建国路八十八号，三单元幺零二室", "建国路/road 八十八号/roadno 三单元/cellno 幺零二室/roomno", "建国路88号3单元102室"),
    ("二十一号楼 十四单元 幺七幺三", "二十一号楼/houseno 十四单元/cellno 幺七幺三/roomno", "21号楼14单元1713室"),
    ("你好我要报警我在人民医院对面有人打架", "人民医院/poi 对面/assist", "人民医院对面"),
    ("喂一一零吗我在海淀区中关村大街和知春路交叉口东南角撞车了", "海淀区/district 中关村大街/road 和/assist 知春路/subRoad 交叉口/assist 东南角/assist", "海淀区中关村大街和知春路交叉口东南角"),
    ("我在京沪高速往上海方向一千零五十二公里加三百米处撞车了", "京沪高速/road 往上海方向/assist 一千零五十二公里加三百米处/roadno", "京沪高速往上海方向K1052+300"),
    ("在沪昆高速里程桩号一百二十三公里处有车翻了", "沪昆高速/road 一百二十三公里处/roadno", "沪昆高速K123+000"),
    ("我家住幸福里小区八号楼二单元三零一我老公打我", "幸福里小区/poi 八号楼/houseno 二单元/cellno 三零一/roomno", "幸福里小区8号楼2单元301室"),
    ("這裡是臺北路一百二十三號旁邊的便利店有人搶劫", "臺北路/road 一百二十三號/roadno 旁邊/assist 便利店/poi", "台北路123号旁边便利店"),
    ("从火车站出来往东走两百米路南有个网吧有人打架", "火车站/poi 往东走两百米/assist 路南/assist", "火车站往东走200米路南"),
    ("就在解放桥桥下面有人跳河了", "解放桥/poi 桥下面/assist", "解放桥桥下面"),
    ("我在南京西路和石门一路的十字路口西北角", "南京西路/road 和/assist 石门一路/subRoad 十字路口/assist 西北角/assist", "南京西路和石门一路十字路口西北角"),
    ("朝阳区望京街道花家地北里七号楼四单元六零二漏煤气了", "朝阳区/district 望京街道/town 花家地北里/poi 七号楼/houseno 四单元/cellno 六零二/roomno", "朝阳区望京街道花家地北里7号楼4单元602室"),
    ("那个什么万科金域蓝湾十二栋一单元二十楼二零零三着火了", "万科金域蓝湾/poi 十二栋/houseno 一单元/cellno 二十楼/floorno 二零零三/roomno", "万科金域蓝湾12栋1单元20楼2003室"),
    ("我在城南派出所旁边的那个如家酒店三零八房间", "城南派出所/poi 旁边/assist 如家酒店/subpoi 三零八房间/roomno", "城南派出所旁边如家酒店308房间"),
    ("我的电话是幺三八零零幺三八零零零我在长江路二十号", "长江路/road 二十号/roadno", "长江路20号"),
    ("就是那个体育场路跟环城北路交叉路口这边", "体育场路/road 跟/assist 环城北路/subRoad 交叉路口/assist", "体育场路跟环城北路交叉路口"),
    ("在高新区科技四路创新大厦B座十五楼一五零二室", "高新区/devZone 科技四路/road 创新大厦/poi B座/houseno 十五楼/floorno 一五零二室/roomno", "高新区科技四路创新大厦B座15楼1502室"),
)  # fmt: skip


def cut(text: str) -> str:
    return " ".join(f"{one.text}/{one.kind}" for one in parse(text).elements)


@pytest.mark.parametrize("pieces", WRITTEN)
def test_a_written_line_is_cut_into_its_elements(pieces: str) -> None:
    text = "".join(piece.rsplit("/", 1)[0] for piece in pieces.split(" "))
    assert cut(text) == pieces


@pytest.mark.parametrize(("text", "pieces", "line"), SAID)
def test_an_address_is_found_in_what_a_caller_says(text: str, pieces: str, line: str) -> None:
    assert cut(text) == pieces
    assert parse(text).normalised == line


@pytest.mark.parametrize(
    "text",
    [
        "他拿着刀往学校方向跑了",
        "",
        "   ",
        "你们快来人啊",
        "我的电话是一三八零零一三八零零零",
        "晚上八点半丢了三千块钱",
    ],
)
def test_what_names_no_place_has_no_elements(text: str) -> None:
    found = parse(text)
    assert found.elements == ()
    assert found.normalised is None


def test_what_the_speaker_takes_back_is_redundant_and_left_out_of_the_line() -> None:
    found = parse("在那个建国路,不对,建设路八十八号,快来")
    assert [(one.text, one.kind, one.replaced) for one in found.elements] == [
        ("建国路", Kind.REDUNDANT, True),
        ("建设路", Kind.ROAD, False),
        ("八十八号", Kind.ROAD_NO, False),
    ]
    assert found.road == "建设路"
    assert found.normalised == "建设路88号"


def test_a_place_that_is_denied_is_taken_back() -> None:
    assert parse("不是建国路是建设路八十八号").normalised == "建设路88号"


def test_accessors_and_civic_elements_give_the_values_for_machines() -> None:
    found = parse("江苏省苏州市吴中区木渎镇金山路八十八号天平花园12幢2单元3楼301对面")
    assert (found.province, found.city, found.district, found.town) == (
        "江苏省",
        "苏州市",
        "吴中区",
        "木渎镇",
    )
    assert (found.road, found.number, found.poi) == ("金山路", "88号", "天平花园")
    assert (found.building, found.unit, found.floor, found.room) == ("12幢", "2单元", "3楼", "301室")
    assert found.relation == "对面"
    assert found.to_civic() == (
        ("country", "CN"), ("A1", "江苏省"), ("A2", "苏州市"), ("A3", "吴中区"), ("A4", "木渎镇"), ("RD", "金山路"),
        ("HNO", "88号"), ("LMK", "天平花园"), ("BLD", "12幢"), ("UNIT", "2单元"), ("FLR", "3楼"), ("ROOM", "301室"),
        ("LOC", "对面"),
    )  # fmt: skip


def test_a_text_without_a_place_has_no_civic_elements() -> None:
    assert parse("救命").to_civic() == ()
