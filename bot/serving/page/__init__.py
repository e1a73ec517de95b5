"""The web page: the only package that knows the page's framework."""

from bot.serving.page.blocks import create_page
from bot.serving.page.mount import mount_page

__all__ = ["create_page", "mount_page"]
