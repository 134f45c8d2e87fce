"""One app for all tests of the page and the API, called in this process without a network."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from wattgram.web import create_app


@pytest.fixture(scope="session")
def app():
    return create_app()


@pytest.fixture(scope="session")
def client(app):
    with TestClient(app) as client:
        yield client


@pytest.fixture
def browse(client):
    """Get a page as a browser does."""

    def get(address, **headers):
        return client.get(address, headers={"accept": "text/html", **headers})

    return get
