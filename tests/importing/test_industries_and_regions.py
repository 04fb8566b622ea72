import pytest
from django.db import transaction

from marketplace.listings.importing.industries import IndustryFinder
from marketplace.listings.importing.regions import RegionFinder
from marketplace.taxonomy.loading import load_taxonomy


@pytest.fixture(scope="module")
def finders(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        load_taxonomy()
        made = IndustryFinder(), RegionFinder()
        transaction.set_rollback(True)
    return made


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("C17", "C17"),
        ("c17", "C17"),
        ("1711", "C1711"),
        ("35", "C35"),
        ("制造业——纺织业", "C17"),
        ("制造业-医药制造业-化学药品制剂制造", "C272"),
        ("制造业 > 纺织业 > 棉纺织及印染精加工", "C171"),
        ("棉纺纱加工", "C1711"),
        ("Manufacture of textiles", "C17"),
        ("教育", "P"),
        ("教育——教育", "P83"),
        # as real platforms write them
        ("制造业——酒、饮料喝精制茶制造业", "C15"),
        ("制造业——计算机、通信和其他电子设备制造", "C39"),
        ("制造业——铁路、船舶、航空航天和其他运输", "C37"),
        ("制造业——皮革毛皮羽毛及其制品和制鞋业", "C19"),
        ("制造业——文教工美体育和娱乐用品制造业", "C24"),
        ("采矿业——煤炭开发和洗选业", "B06"),
        ("电力、热力、燃气、及水生产和供应业——水的生产和供应业", "D46"),
        ("居民服务、修理和其他服务业——其他服务业", "O82"),
        ("居民服务、修理和其他服务业——机动车、电子产品和日用产品修理", "O81"),
        # the edition of 2011
        ("制造业——石油加工炼焦和核燃料加工业", "C25"),
        ("农、林、牧、渔业——农、林、牧、渔服务业", "A05"),
        ("交通运输、仓储和邮政业——仓储业", "G59"),
        ("建筑业——建筑装饰和其他建筑业", "E50"),
        # a division under the wrong section
        ("信息传输、软件和信息技术服务业——科技推广和应用服务业", "M75"),
        # sections run together: the first one
        ("信息传输、软件和信息技术服务业金融业", "I"),
        ("制造业电力、热力、燃气、及水生产和供应业建筑业批发和零售业", "C"),
        # the second word says nothing: as deep as the first one
        ("制造业——魔法", "C"),
    ],
)
def test_the_deepest_industry_that_the_words_determine(finders, text, code):
    assert finders[0].find(text) == code


@pytest.mark.parametrize(
    "text", ["", "  ", "——", "魔法", "业", "9999", "Z", "其他", "制造", "a" * 9999]
)
def test_no_industry_where_words_determine_none(finders, text):
    assert finders[0].find(text) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("330000", "33"),
        ("33", "33"),
        ("3301", "3301"),
        ("330106", "330106"),
        ("浙江省", "33"),
        ("浙江", "33"),
        ("广西", "45"),
        ("杭州", "3301"),
        ("吉林", "22"),
        ("Hangzhou", "3301"),
        ("ürümqi", "6501"),
        ("香港", "81"),
        ("海淀区", "110108"),
    ],
)
def test_a_region_by_code_or_name(finders, text, code):
    assert finders[1].find(text) == code


@pytest.mark.parametrize("text", ["", "朝阳区", "Suzhou", "Atlantis", "999999"])
def test_no_region_where_none_or_several_have_the_name(finders, text):
    assert finders[1].find(text) is None
