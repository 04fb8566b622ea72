from cms.blocks.links import CallToActionBlock, LabelledLinkBlock, WayInBlock
from cms.blocks.story import STORY

__all__ = ["STORY", "CallToActionBlock", "LabelledLinkBlock", "WayInBlock"]
