"""Serving: HTTP, the web page, the command line."""
