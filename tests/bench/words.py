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
wireless power
光伏 组件
solid state battery
激光雷达
corrosion monitoring
智能 传感器
speech recognition
高温 合金
membrane filtration
物联网 网关
soil remediation
钙钛矿 太阳能电池
optical fiber sensor
变频器
bearing fault diagnosis
重金属 吸附
protein purification
大数据 平台
additive manufacturing
土壤修复
thermal insulation
精密 铸造
quantum dots
路径规划 算法
fuel cell catalyst
新型 肥料
ultrasound transducer
注塑 模具
biomass gasification
目标 跟踪
recycled concrete
生物 传感器
satellite navigation
脱硫 脱硝
friction stir welding
耐磨 涂层
drug delivery
工业 互联网
vibration damping
石墨烯 导电
vaccine""".splitlines()
BEGINNINGS = [word[: len(word) // 2 + 1] for word in WORDS]
"""The same, while they are typed."""
