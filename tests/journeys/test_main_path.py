"""The main job from end to end in Chromium, in both languages."""

import pytest

from tests.browser import chromium
from tests.journeys.main_path import Journey, Story
from tests.journeys.people import Crowd
from tests.serving import Site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journeys")]


ZH = Story(
    "zh-hans",
    "zh",
    "示例大学（测试）",
    "示例制造公司（测试）",
    (
        "高速列车齿轮箱振动故障在线诊断方法",
        "用包络谱和小样本学习诊断齿轮箱的早期裂纹，提前三周报警。",
        "齿轮箱裂纹难以在线发现，停车检修代价高。",
    ),
    (
        "寻求列车齿轮箱早期裂纹的在线监测方法",
        "需要在列车运行中发现齿轮箱早期裂纹，提前报警。",
        "目前只能停车后用探伤发现齿轮箱裂纹。",
    ),
)
EN = Story(
    "en",
    "en",
    "Journey University (test)",
    "Journey Manufacturing (test)",
    (
        "On-line diagnosis of gearbox vibration faults in wind turbines",
        "Envelope spectra and few-shot learning find early cracks in gearboxes three weeks ahead.",
        "Cracks in turbine gearboxes are found too late and stop the plant.",
    ),
    (
        "Looking for on-line monitoring of early cracks in turbine gearboxes",
        "We want to find early cracks in wind turbine gearboxes while they run.",
        "Today cracks are found only after the turbine has been stopped.",
    ),
)


@pytest.mark.parametrize("story", [ZH, EN], ids=["zh", "en"])
def test_from_publication_to_split_income(site: Site, story: Story) -> None:
    with chromium() as browser:
        crowd = Crowd(browser, site, story.language)
        Journey(crowd, story).walk()
