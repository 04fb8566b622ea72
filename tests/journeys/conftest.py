from collections.abc import Iterator

import pytest

from tests.serving import Site, running_site


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("var")) as site:
        yield site
