from cms.blocks.links import CallToActionBlock, LabelledLinkBlock, WayInBlock
from cms.blocks.story import CASE, CASE_PARTS, STORY

__all__ = ["CASE", "CASE_PARTS", "STORY", "CallToActionBlock", "LabelledLinkBlock", "WayInBlock"]
