# ruff: noqa: E501 (an example is read more easily in one line)
from __future__ import annotations

import pytest

from gateway.text.address import Kind, parse

WRITTEN = (
    "浙江省/prov 杭州市/city 西湖区/district 文三路/road 478号/roadno 华星大厦/poi 3幢/houseno 2单元/cellno 1201室/roomno",
    "北京市/city 朝阳区/district 望京街道/town 阜通东大街/road 6号院/roadno 3号楼/houseno 2单元/cellno 1502/roomno",
    "上海市/city 浦东新区/district 世纪大道/road 100号/roadno 45楼/floorno",
    "广东省/prov 深圳市/city 南山区/district 科技园/poi 南区/subpoi 深南大道/road 9988号/roadno B座/houseno 12层/floorno",
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
    ("G15沈海高速往福州方向K1203加500米处", "G15沈海高速/road 往福州方向/assist K1203加500米处/roadno", "G15沈海高速往福州方向K1203+500"),
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
    ("我在和平大街的肯德基门口", "和平大街/road 肯德基/poi 门口/assist", "和平大街肯德基门口"),
    ("地址是丰台区南三环西路八十八号搜宝商务中心二号楼十层", "丰台区/district 南三环西路/road 八十八号/roadno 搜宝商务中心/poi 二号楼/houseno 十层/floorno", "丰台区南三环西路88号搜宝商务中心2号楼10层"),
    ("就在那个幸福小区嘛三号楼二单元四零二", "幸福小区/poi 三号楼/houseno 二单元/cellno 四零二/roomno", "幸福小区3号楼2单元402室"),
    ("我现在在中山公园北门对面的公交站", "中山公园/poi 北门/subpoi 对面/assist 公交站/subpoi", "中山公园北门对面公交站"),
    ("喂你好我这边是东关街道新华社区居委会", "东关街道/town 新华社区/community 居委会/poi", "东关街道新华社区居委会"),
    ("我家在李家庄村东头第三家", "李家庄村/community 东头/assist 第三家/assist", "李家庄村东头第三家"),
    ("兴华路跟迎宾大道交叉口东北角有两辆车撞了", "兴华路/road 跟/assist 迎宾大道/subRoad 交叉口/assist 东北角/assist", "兴华路跟迎宾大道交叉口东北角"),
    ("人民广场地铁站三号口出来往右拐五十米", "人民广场地铁站/poi 三号口/subpoi 往右拐五十米/assist", "人民广场地铁站三号口往右拐50米"),
    ("我在环城高速南段十五公里处车坏了", "环城高速/road 南段/subRoad 十五公里处/subroadno", "环城高速南段K15+000"),
    ("三二零国道一百零五公里加六百米有辆大货车翻了", "三二零国道/road 一百零五公里加六百米/roadno", "三二零国道K105+600"),
    ("我在绕城高速南向北方向文苑收费站附近", "绕城高速/road 南向北方向/assist 文苑收费站/poi 附近/assist", "绕城高速南向北方向文苑收费站附近"),
    ("我住在西苑小区十五幢三零二", "西苑小区/poi 十五幢/houseno 三零二/roomno", "西苑小区15幢302室"),
    ("文化路七十七号楼下有人吵架", "文化路/road 七十七号/roadno 楼下/assist", "文化路77号楼下"),
    ("这里是长江大桥上有人要跳桥", "长江大桥/poi", "长江大桥"),
    ("我在老火车站广场西边的停车场里面", "老火车站广场/poi 西边/assist 停车场/subpoi 里面/assist", "老火车站广场西边停车场里面"),
    ("红旗街道办事处对面的农贸市场里面有人偷东西", "红旗街道办事处/town 对面/assist 农贸市场/poi 里面/assist", "红旗街道办事处对面农贸市场里面"),
    ("金水路一百二十三号金城国际广场B座十七楼一七零五", "金水路/road 一百二十三号/roadno 金城国际广场/poi B座/houseno 十七楼/floorno 一七零五/roomno", "金水路123号金城国际广场B座17楼1705室"),
    ("人民路三百号不对三百零八号", "人民路/road 三百号/redundant 三百零八号/roadno", "人民路308号"),
    ("我在建设路八十八号哦不对是八十六号", "建设路/road 八十八号/redundant 八十六号/roadno", "建设路86号"),
    ("从南门进来右手边第二栋楼三楼", "南门/poi 右手边/assist 第二栋楼/houseno 三楼/floorno", "南门右手边2栋楼3楼"),
    ("南山区科技园科苑路十五号科兴科学园A栋三单元", "南山区/district 科技园/poi 科苑路/road 十五号/roadno 科兴科学园/subpoi A栋/houseno 三单元/cellno", "南山区科苑路15号科技园科兴科学园A栋3单元"),
    ("你好警察同志吗我这里是临安区锦城街道苕溪南街一百九十九号", "临安区/district 锦城街道/town 苕溪南街/road 一百九十九号/roadno", "临安区锦城街道苕溪南街199号"),
    ("我在沪宁高速往南京方向过了无锡东出口大概两公里", "沪宁高速/road 往南京方向/assist 无锡东出口/poi 大概两公里/assist", "沪宁高速往南京方向无锡东出口大概2公里"),
    ("就那个工人文化宫后面的巷子里", "工人文化宫/poi 后面/assist", "工人文化宫后面"),
    ("四方街五金店隔壁", "四方街/road 五金店/poi 隔壁/assist", "四方街五金店隔壁"),
    ("东风路上的中国银行取款机这里", "东风路/road 中国银行/poi", "东风路中国银行"),
    ("我跟你说我在新华书店门口呢", "新华书店/poi 门口/assist", "新华书店门口"),
    ("天河区体育东路一百三十八号金利来大厦二十三楼", "天河区/district 体育东路/road 一百三十八号/roadno 金利来大厦/poi 二十三楼/floorno", "天河区体育东路138号金利来大厦23楼"),
    ("杨浦区国权路五百七十九弄十二号六零一室", "杨浦区/district 国权路/road 五百七十九弄/roadno 十二号/houseno 六零一室/roomno", "杨浦区国权路579弄12号601室"),
    ("浦东新区张江镇紫薇路四百四十八弄", "浦东新区/district 张江镇/town 紫薇路/road 四百四十八弄/roadno", "浦东新区张江镇紫薇路448弄"),
    ("朝阳北路青年路路口往北三百米路东", "朝阳北路/road 青年路/subRoad 路口/assist 往北三百米/assist 路东/assist", "朝阳北路青年路路口往北300米路东"),
    ("S20外环高速内圈沪嘉立交附近", "S20外环高速/road 内圈/assist 沪嘉立交/subRoad 附近/assist", "S20外环高速内圈沪嘉立交附近"),
    ("二环路高架西段往机场方向", "二环路高架/road 西段/subRoad 往机场方向/assist", "二环路高架西段往机场方向"),
    ("昌平区回龙观西大街龙泽苑小区东区十二号楼五单元三零一", "昌平区/district 回龙观西大街/road 龙泽苑小区/poi 东区/subpoi 十二号楼/houseno 五单元/cellno 三零一/roomno", "昌平区回龙观西大街龙泽苑小区东区12号楼5单元301室"),
    ("我们村是石门镇杨家坪村二组", "石门镇/town 杨家坪村/community 二组/road", "石门镇杨家坪村二组"),
    ("兰州市城关区张掖路步行街亚欧商厦七楼", "兰州市/city 城关区/district 张掖路/road 步行街/subRoad 亚欧商厦/poi 七楼/floorno", "兰州市城关区张掖路步行街亚欧商厦7楼"),
    ("鼓楼东街和南大街的丁字路口", "鼓楼东街/road 和/assist 南大街/subRoad 丁字路口/assist", "鼓楼东街和南大街丁字路口"),
    ("我在湖滨路星海湾小区的东门门口", "湖滨路/road 星海湾小区/poi 东门/subpoi 门口/assist", "湖滨路星海湾小区东门门口"),
    ("汽车南站出站口", "汽车南站/poi 出站口/subpoi", "汽车南站出站口"),
    ("富强小区六栋二单元楼道里有人抽烟", "富强小区/poi 六栋/houseno 二单元/cellno", "富强小区6栋2单元"),
    ("高铁西站北广场网约车上客点", "高铁西站北广场/poi 网约车上客点/subpoi", "高铁西站北广场网约车上客点"),
    ("向阳街四十五号院三号楼一楼东户", "向阳街/road 四十五号院/roadno 三号楼/houseno 一楼/floorno 东户/roomno", "向阳街45号院3号楼1楼东户"),
    ("东城区东直门内大街九号", "东城区/district 东直门内大街/road 九号/roadno", "东城区东直门内大街9号"),
    ("我是外地的不知道这是哪儿旁边有一个写着鑫源宾馆的牌子", "鑫源宾馆/poi", "鑫源宾馆"),
    ("光明路十八号院里面", "光明路/road 十八号院/roadno 里面/assist", "光明路18号院里面"),
    ("泰山路与黄河路十字往南五十米路西", "泰山路/road 与/assist 黄河路/subRoad 十字/assist 往南五十米/assist 路西/assist", "泰山路与黄河路十字往南50米路西"),
    ("江北区观音桥步行街北城天街负一楼", "江北区/district 观音桥步行街/road 北城天街/poi 负一楼/floorno", "江北区观音桥步行街北城天街负1楼"),
    ("桃园二村三十四栋", "桃园二村/poi 三十四栋/houseno", "桃园二村34栋"),
    ("西湖区文二路三百九十一号西湖国际科技大厦", "西湖区/district 文二路/road 三百九十一号/roadno 西湖国际科技大厦/poi", "西湖区文二路391号西湖国际科技大厦"),
    ("我在翠竹苑二十七号楼下面", "翠竹苑/poi 二十七号/houseno 楼下面/assist", "翠竹苑27号楼下面"),
    ("喂，是110吗？我在滨江路和人民路交界处，这里有人打架", "滨江路/road 和/assist 人民路/subRoad 交界处/assist", "滨江路和人民路交界处"),
    ("我的车在机场高速二十二公里加八百米的地方抛锚了", "机场高速/road 二十二公里加八百米/roadno", "机场高速K22+800"),
    ("云南省昆明市盘龙区白龙路三百一十一号", "云南省/prov 昆明市/city 盘龙区/district 白龙路/road 三百一十一号/roadno", "云南省昆明市盘龙区白龙路311号"),
    ("呃，就是那个，那个光明小区，六号楼，不不不，是七号楼，三单元，五零二", "光明小区/poi 六号楼/redundant 七号楼/houseno 三单元/cellno 五零二/roomno", "光明小区7号楼3单元502室"),
    ("我住丽景湾十二幢一单元九零一", "丽景湾/poi 十二幢/houseno 一单元/cellno 九零一/roomno", "丽景湾12幢1单元901室"),
    ("就在我们小区门口，阳光花园小区", "阳光花园小区/poi", "阳光花园小区"),
    ("杭州市余杭区五常街道，文一西路九百六十九号", "杭州市/city 余杭区/district 五常街道/town 文一西路/road 九百六十九号/roadno", "杭州市余杭区五常街道文一西路969号"),
    ("地点是和平东路与槐安路交叉口西南角的加油站", "和平东路/road 与/assist 槐安路/subRoad 交叉口/assist 西南角/assist 加油站/poi", "和平东路与槐安路交叉口西南角加油站"),
    ("我在建材市场B区十五排八号", "建材市场/poi B区/subpoi 十五排/houseno 八号/cellno", "建材市场B区15排8号"),
    ("老城区文庙街关帝庙巷十一号", "老城区/district 文庙街/road 关帝庙巷/subRoad 十一号/subroadno", "老城区文庙街关帝庙巷11号"),
    ("火车站南广场出租车等候区", "火车站南广场/poi 出租车等候区/subpoi", "火车站南广场出租车等候区"),
    ("在地铁二号线中山路站B出口", "地铁二号线中山路站/poi B出口/subpoi", "地铁二号线中山路站B出口"),
    ("国道二一三线六十八公里处发生车祸", "国道二一三线/road 六十八公里处/roadno", "国道二一三线K68+000"),
    ("报警，西湖大道一百一十八号，涌金广场，三楼", "西湖大道/road 一百一十八号/roadno 涌金广场/poi 三楼/floorno", "西湖大道118号涌金广场3楼"),
    ("石景山区鲁谷东街甲十八号", "石景山区/district 鲁谷东街/road 甲十八号/roadno", "石景山区鲁谷东街甲18号"),
    ("我在太平镇中心小学旁边", "太平镇/town 中心小学/poi 旁边/assist", "太平镇中心小学旁边"),
    ("海珠区新港西路一百三十五号中山大学南校区", "海珠区/district 新港西路/road 一百三十五号/roadno 中山大学/poi 南校区/subpoi", "海珠区新港西路135号中山大学南校区"),
    ("建国门外大街一号国贸三期五十八层", "建国门外大街/road 一号/roadno 国贸/poi 三期/subpoi 五十八层/floorno", "建国门外大街1号国贸三期58层"),
    ("从富康路进来第三个路口左转，绿色的大门", "富康路/road 第三个路口/assist 左转/assist", "富康路第三个路口左转"),
    ("城东派出所斜对面有个红色房子", "城东派出所/poi 斜对面/assist", "城东派出所斜对面"),
    ("河西区友谊路银河广场西侧", "河西区/district 友谊路/road 银河广场/poi 西侧/assist", "河西区友谊路银河广场西侧"),
    ("我刚从万象城出来到了深南大道和宝安路路口", "万象城/poi 深南大道/road 和/assist 宝安路/subRoad 路口/assist", "深南大道和宝安路路口万象城"),
    ("松江区九亭镇涞坊路五弄十八号四零三", "松江区/district 九亭镇/town 涞坊路/road 五弄/roadno 十八号/houseno 四零三/roomno", "松江区九亭镇涞坊路5弄18号403室"),
    ("幺八零四厂家属院二号楼", "幺八零四厂家属院/poi 二号楼/houseno", "幺八零四厂家属院2号楼"),
    ("在开发区第五大街，管委会北边五百米", "开发区/devZone 第五大街/road 管委会/poi 北边五百米/assist", "开发区第五大街管委会北边500米"),
    ("大连路一千五百四十八号", "大连路/road 一千五百四十八号/roadno", "大连路1548号"),
    ("南京市江宁区秣陵街道佛城西路八号河海大学江宁校区", "南京市/city 江宁区/district 秣陵街道/town 佛城西路/road 八号/roadno 河海大学/poi 江宁校区/subpoi", "南京市江宁区秣陵街道佛城西路8号河海大学江宁校区"),
    ("就这个村的村委会门口，白石村", "村委会/poi 门口/assist 白石村/community", "白石村村委会门口"),
    ("工业北路二百零二号院内", "工业北路/road 二百零二号院/roadno 内/assist", "工业北路202号院内"),
    ("浦东大道二千七百七十四弄", "浦东大道/road 二千七百七十四弄/roadno", "浦东大道2774弄"),
    ("我在这个，嗯，嘉禾望岗地铁站A口", "嘉禾望岗地铁站/poi A口/subpoi", "嘉禾望岗地铁站A口"),
    ("我要举报，兴隆街五十八号二楼棋牌室有人赌博", "兴隆街/road 五十八号/roadno 二楼/floorno", "兴隆街58号2楼"),
    ("同仁堂药店楼上", "同仁堂药店/poi 楼上/assist", "同仁堂药店楼上"),
    ("锦绣天地三期", "锦绣天地/poi 三期/subpoi", "锦绣天地三期"),
    ("我在翡翠城小区南门进去左手边第一栋", "翡翠城小区/poi 南门/subpoi 左手边/assist 第一栋/houseno", "翡翠城小区南门左手边1栋"),
    ("胜利路跟解放路十字路口红绿灯这儿", "胜利路/road 跟/assist 解放路/subRoad 十字路口/assist", "胜利路跟解放路十字路口"),
    ("我在二环东路高架上由南向北快到工业南路出口的位置", "二环东路高架/road 由南向北/assist 工业南路/subRoad 出口/assist", "二环东路高架由南向北工业南路出口"),
    ("G一五沈海高速一千三百公里加二百", "G一五沈海高速/road 一千三百公里加二百/roadno", "G一五沈海高速K1300+200"),
    ("东方红大街二百五十号百货大楼", "东方红大街/road 二百五十号/roadno 百货大楼/poi", "东方红大街250号百货大楼"),
    ("有人在老城隍庙门口卖假药", "老城隍庙/poi 门口/assist", "老城隍庙门口"),
    ("在紫金路第三人民医院急诊楼门口", "紫金路/road 第三人民医院/poi 急诊楼/subpoi 门口/assist", "紫金路第三人民医院急诊楼门口"),
    ("文昌巷口那个垃圾站旁边", "文昌巷/road 口/assist 垃圾站/poi 旁边/assist", "文昌巷口垃圾站旁边"),
    ("中山四路中央公园西门", "中山四路/road 中央公园/poi 西门/subpoi", "中山四路中央公园西门"),
    ("江南大道与时代大道交叉口附近的滨江公安分局对面", "江南大道/road 与/assist 时代大道/subRoad 交叉口/assist 附近/assist 滨江公安分局/poi 对面/assist", "江南大道与时代大道交叉口附近滨江公安分局对面"),
    ("在云溪路上离云溪小学大概一百米", "云溪路/road 云溪小学/poi 大概一百米/assist", "云溪路云溪小学大概100米"),
    ("车停在体育馆东侧停车场", "体育馆/poi 东侧/assist 停车场/subpoi", "体育馆东侧停车场"),
    ("我就在你们派出所门口", "派出所/poi 门口/assist", "派出所门口"),
    ("梧桐街道梧桐大道梧桐花园", "梧桐街道/town 梧桐大道/road 梧桐花园/poi", "梧桐街道梧桐大道梧桐花园"),
    ("望湖宾馆八零八房间", "望湖宾馆/poi 八零八房间/roomno", "望湖宾馆808房间"),
    ("在和谐家园西区七栋三单元一楼东户", "和谐家园/poi 西区/subpoi 七栋/houseno 三单元/cellno 一楼/floorno 东户/roomno", "和谐家园西区7栋3单元1楼东户"),
    ("濠河北路老码头饭店门前", "濠河北路/road 老码头饭店/poi 门前/assist", "濠河北路老码头饭店门前"),
    ("香江花园B座一六零八", "香江花园/poi B座/houseno 一六零八/roomno", "香江花园B座1608室"),
    ("平阳路六百六十六弄三十八号四零二室", "平阳路/road 六百六十六弄/roadno 三十八号/houseno 四零二室/roomno", "平阳路666弄38号402室"),
    ("学院路与二环路西北角那栋楼十八层", "学院路/road 与/assist 二环路/subRoad 西北角/assist 十八层/floorno", "学院路与二环路西北角18层"),
    ("地址呢是长宁区天山西路一千零六十八号联强国际广场A栋", "长宁区/district 天山西路/road 一千零六十八号/roadno 联强国际广场/poi A栋/houseno", "长宁区天山西路1068号联强国际广场A栋"),
    ("黄河大桥北头收费站往东走一公里", "黄河大桥/poi 北头收费站/subpoi 往东走一公里/assist", "黄河大桥北头收费站往东走1公里"),
    ("就是和平区南京路乐宾百货门口", "和平区/district 南京路/road 乐宾百货/poi 门口/assist", "和平区南京路乐宾百货门口"),
    ("省道二零三线四十五公里五百米处", "省道二零三线/road 四十五公里五百米处/roadno", "省道二零三线K45+500"),
    ("七里庄地铁站D口出来左转三百米", "七里庄地铁站/poi D口/subpoi 左转/assist 三百米/assist", "七里庄地铁站D口左转300米"),
    ("朝阳门外大街乙十二号昆泰大厦", "朝阳门外大街/road 乙十二号/roadno 昆泰大厦/poi", "朝阳门外大街乙12号昆泰大厦"),
    ("在G四京港澳高速K一千二百三十加五百", "G四京港澳高速/road K一千二百三十加五百/roadno", "G四京港澳高速K1230+500"),
    ("我在望江东路三百三十二号，不是三百三十二，是三百二十三号", "望江东路/road 三百三十二号/redundant 三百二十三号/roadno", "望江东路323号"),
    ("一百零七国道旁边那个加油站", "一百零七国道/road 旁边/assist 加油站/poi", "一百零七国道旁边加油站"),
    ("撞车了，我在青柳大道……农贸市场东门这里，对面是个储蓄所", "青柳大道/road 农贸市场/poi 东门/subpoi 对面/assist 储蓄所/subpoi", "青柳大道农贸市场东门对面储蓄所"),
    ("玉带区，沿河西路，澄湖苑这边，澄湖苑正门", "玉带区/district 沿河西路/road 澄湖苑/poi 澄湖苑/redundant 正门/subpoi", "玉带区沿河西路澄湖苑正门"),
    ("松岭区工业五路，鸿达钢构，办公楼，六层", "松岭区/district 工业五路/road 办公楼/poi 六层/floorno", "松岭区工业五路办公楼6层"),
    ("我刚下的高速，绕城高速，西段，梅岭出口，车胎爆了", "绕城高速/road 西段/subRoad 梅岭出口/poi", "绕城高速西段梅岭出口"),
    ("他往南跑了，我在打磨巷，七弄三号", "打磨巷/road 七弄/roadno 三号/houseno", "打磨巷7弄3号"),
    ("电梯困住了，东港区海棠路，观澜大厦，二号梯", "东港区/district 海棠路/road 观澜大厦/poi 二号梯/cellno", "东港区海棠路观澜大厦2号梯"),
    ("在师专北街……六号公寓，五一七，门没锁", "师专北街/road 六号公寓/houseno 五一七/roomno", "师专北街6号公寓517室"),
    ("银泰城三楼，孩子不见了", "银泰城/poi 三楼/floorno", "银泰城3楼"),
    ("白马大道往北，快到体育馆了", "白马大道/road 往北/assist 体育馆/poi", "白马大道往北体育馆"),
    ("我住在栖霞路九十号，真的，你们来看", "栖霞路/road 九十号/roadno", "栖霞路90号"),
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
        "我在路上",
        "在回家的路上有人跟踪我",
        "前面有个红绿灯",
        "他住在我家隔壁",
        "我的快递被偷了",
        "昨天晚上十一点左右",
        "转账转了五万块钱到银行卡里",
        "那个人往东边跑了",
        "我停在楼下的车被刮了",
        "我在单位上班",
        "你们这条街上的路灯不亮了",
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
