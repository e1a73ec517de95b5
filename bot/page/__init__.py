"""The web page: the only package that knows the page's framework."""

from bot.page.blocks import create_page
from bot.page.mount import mount_page

__all__ = ["create_page", "mount_page"]
