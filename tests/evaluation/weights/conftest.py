"""The web server of the tests, for everything here."""

from tests.web_server import Answer, Web, web

__all__ = ["Answer", "Web", "web"]
