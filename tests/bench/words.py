"""What people type into the search box of such a site, in Chinese and English."""

WORDS = """\
锂电池 隔膜
heat exchanger
图像识别
gas sensor
机器人 控制
waste water treatment
防腐涂料
laser welding
无人机
hydrogen storage
数控机床 误差补偿
medical imaging
生物降解 塑料
antenna
污泥处理
machine learning
中药 提取
carbon fiber composite
高强度钢
wireless power""".splitlines()
BEGINNINGS = [word[: len(word) // 2 + 1] for word in WORDS]
"""The same, while they are typed."""
