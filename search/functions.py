"""What a technology does, and what a need asks to be done: its functions, read off its words. Pure.

The classes are those of technical function that recur in titles of needs and results, after the
verbs of the reconciled functional basis (Hirtz et al. 2002), split where technology transfer splits
them.
"""

from functools import lru_cache

from django.db import models
from django.utils.translation import gettext_lazy as _

from search import tokens


class Function(models.TextChoices):
    MEASURE = "measure", _("measure or detect")
    PREDICT = "predict", _("recognise or predict")
    CONTROL = "control", _("control or automate")
    SYNTHESISE = "synthesise", _("make a substance or material")
    SHAPE = "shape", _("shape or join")
    SEPARATE = "separate", _("separate or purify")
    TREAT = "treat", _("treat waste or pollution")
    RECYCLE = "recycle", _("recycle")
    PROTECT = "protect", _("protect or seal")
    STRENGTHEN = "strengthen", _("strengthen or modify")
    GENERATE = "generate", _("generate or store energy")
    EXCHANGE_HEAT = "exchange_heat", _("heat or cool")
    SAVE = "save", _("save energy or lower noise and wear")
    MOVE = "move", _("convey or drive")
    COMMUNICATE = "communicate", _("communicate or locate")
    CURE = "cure", _("diagnose or cure")
    GROW = "grow", _("breed or grow")
    PRESERVE = "preserve", _("preserve food")


_CHINESE = {
    Function.MEASURE: "检测 监测 测量 测试 探测 传感 检验 计量 测定 探伤 无损",
    Function.PREDICT: "识别 预测 预警 评估 仿真 诊断 视觉 挖掘",
    Function.CONTROL: "控制 调节 自动化 机器人 自动 数控 智能制造",
    Function.SYNTHESISE: "制备 合成 聚合 发酵 提炼 配方 催化",
    Function.SHAPE: "加工 成形 成型 切割 焊接 铸造 锻造 冲压 打印 装配 注塑",
    Function.SEPARATE: "分离 提纯 净化 过滤 提取 萃取 除尘 脱硫 脱硝 分选 纯化",
    Function.TREAT: "处理 治理 降解 修复 处置 消毒 减排",
    Function.RECYCLE: "回收 再利用 资源化 再生 综合利用 循环利用",
    Function.PROTECT: "防护 防腐 阻燃 密封 涂层 防水 防火 防爆 绝缘 涂料 耐腐蚀",
    Function.STRENGTHEN: "增强 改性 增韧 强化 硬化 热处理 加固",
    Function.GENERATE: "发电 储能 充电 电池 电源 光伏 供电",
    Function.EXCHANGE_HEAT: "散热 冷却 换热 制冷 加热 供热 保温 干燥 烘干",
    Function.SAVE: "节能 降耗 降噪 减振 减震 节水 润滑 耐磨 轻量化",
    Function.MOVE: "输送 运输 搬运 驱动 传动 物流 升降",
    Function.COMMUNICATE: "通信 定位 导航 无线 物联网 传输",
    Function.CURE: "治疗 诊疗 药物 疫苗 康复 医疗 抗癌 抗肿瘤",
    Function.GROW: "育种 栽培 种植 养殖 培育 繁育 选育",
    Function.PRESERVE: "保鲜 贮藏 冷藏 保质",
}
_ENGLISH = {
    Function.MEASURE: "measure detect monitor sense sensor inspect test",
    Function.PREDICT: "predict recognise recognize forecast diagnose simulate identify",
    Function.CONTROL: "control automate automation robot regulate",
    Function.SYNTHESISE: "synthesis synthesise synthesize preparation polymerization ferment catalyst",
    Function.SHAPE: "machining forming weld casting cutting mould molding print assemble",
    Function.SEPARATE: "separate purify filter extract distill remove",
    Function.TREAT: "treat treatment remediation degrade disinfect sewage wastewater",
    Function.RECYCLE: "recycle reuse recover regenerate",
    Function.PROTECT: "protect coat seal flame insulate waterproof corrosion",
    Function.STRENGTHEN: "strengthen reinforce harden toughen modify",
    Function.GENERATE: "battery generator storage charging photovoltaic power",
    Function.EXCHANGE_HEAT: "cool heat refrigerate dry thermal",
    Function.SAVE: "saving noise vibration lubricate wear lightweight",
    Function.MOVE: "convey transport drive actuator handling",
    Function.COMMUNICATE: "communicate wireless navigation positioning antenna",
    Function.CURE: "therapy drug vaccine medical cure clinical",
    Function.GROW: "breed cultivate planting aquaculture crop",
    Function.PRESERVE: "preserve freshness",
}


def _by_trigger() -> dict[str, Function]:
    chinese = {word: function for function, words in _CHINESE.items() for word in words.split()}
    english = {
        tokens.stem(word): function
        for function, words in _ENGLISH.items()
        for word in words.split()
    }
    return chinese | english


REMEMBERED = 10_000
"""How many texts are read once only."""
_TRIGGERS = _by_trigger()
_LONGEST = max(len(word) for word in _TRIGGERS if tokens.is_han(word))


@lru_cache(maxsize=REMEMBERED)
def functions_of(text: str) -> frozenset[Function]:
    """Return the functions that `text`, a title or a sentence, names in Chinese or English."""
    found: set[Function] = set()
    for run in tokens.runs(text):
        if run.han:
            characters = run.text
            found.update(
                _TRIGGERS[characters[start:end]]
                for start in range(len(characters))
                for end in range(start + 2, min(start + _LONGEST, len(characters)) + 1)
                if characters[start:end] in _TRIGGERS
            )
        else:
            found.update(_TRIGGERS[unit] for unit in run.units if unit in _TRIGGERS)
    return frozenset(found)
