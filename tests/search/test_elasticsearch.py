"""What only the server has: its alias, its rejections, its keys, on a real Elasticsearch."""

import datetime
import ipaddress
import json
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import LazySettings
from elasticsearch import Elasticsearch

from search import backends
from search.backends.base import NO_FILTERS, Busy, Filters, NoIndex, Unavailable
from search.backends.elasticsearch.backend import ElasticsearchBackend
from search.backends.elasticsearch.connection import Server, client
from search.documents import Document
from tests.elasticsearch.node import Node
from tests.elasticsearch.relay import Answer, Request, relay

ALL = Filters()


@pytest.fixture
def server(elasticsearch: Node) -> Elasticsearch:
    return client(Server((elasticsearch.url,)))


@pytest.fixture
def alias(elasticsearch: Node, settings: LazySettings) -> str:
    return settings.ELASTICSEARCH_INDEX


@pytest.fixture
def backend(server: Elasticsearch, alias: str) -> ElasticsearchBackend:
    return ElasticsearchBackend(server, alias)


def documents(number: int, name: str = "d") -> list[Document]:
    return [Document(f"{name}{n}", ["x"]) for n in range(number)]


def keys(backend: ElasticsearchBackend) -> set[str]:
    return {hit.key for hit in backend.retrieve(None, filters=ALL, limit=1_000).hits}


def indices(server: Elasticsearch, alias: str) -> list[str]:
    return sorted(server.indices.get_alias(index=f"{alias}.*"))


def in_use(server: Elasticsearch, alias: str) -> list[str]:
    return list(server.indices.get_alias(name=alias))


def test_the_index_in_use_and_the_one_before_are_kept(
    backend: ElasticsearchBackend, server: Elasticsearch, alias: str
) -> None:
    before = None
    for number in range(3):
        [before] = in_use(server, alias)
        backend.rebuild(documents(number))
    [current] = in_use(server, alias)
    assert indices(server, alias) == sorted([str(before), current])
    aliases = server.indices.get_alias(index=current)[current]["aliases"]
    assert list(aliases) == [alias], "nothing is being built any more"


def test_rebuilds_at_the_same_time_leave_one_index_in_use(
    backend: ElasticsearchBackend, server: Elasticsearch, alias: str
) -> None:
    def read() -> Iterator[Document]:
        yield from documents(5, "first")
        backend.rebuild(documents(3, "second"))
        assert keys(backend) == {"second0", "second1", "second2"}

    backend.rebuild(read())
    assert len(in_use(server, alias)) == 1
    assert keys(backend) == {f"first{n}" for n in range(5)}


def test_what_a_dead_builder_left_is_removed_some_day(
    backend: ElasticsearchBackend, server: Elasticsearch, alias: str
) -> None:
    day = 24 * 3600 * 10**9
    old, young = (f"{alias}.{time.time_ns() - age:020d}" for age in (day + 10**9, day - 10**11))
    for index in (old, young):
        server.indices.create(index=index, aliases={f"{index}.building": {}})
    backend.rebuild(documents(1))
    assert old not in indices(server, alias)
    assert young in indices(server, alias)


def test_a_write_to_an_index_that_was_replaced_meanwhile_is_not_lost(
    backend: ElasticsearchBackend,
) -> None:
    def read() -> list[Document]:
        backend.rebuild(documents(1, "rebuilt"))
        return documents(1, "written")

    with pytest.raises(Busy):
        backend.write(["written0"], read)
    backend.write(["written0"], lambda: documents(1, "written"))
    assert keys(backend) == {"rebuilt0", "written0"}


def test_nothing_is_written_or_found_before_there_is_an_index(
    backend: ElasticsearchBackend, server: Elasticsearch, alias: str
) -> None:
    backend.drop()
    with pytest.raises(NoIndex):
        backend.write(["a"], lambda: documents(1))
    for ask in (
        lambda: backend.statistics(["x"]),
        lambda: backend.retrieve(None, filters=ALL, limit=1),
        lambda: list(backend.fingerprints()),
    ):
        with pytest.raises(NoIndex):
            ask()
    assert not server.indices.exists(index=alias)
    backend.rebuild(documents(2))
    assert keys(backend) == {"d0", "d1"}


def test_an_index_that_goes_while_it_is_written_is_not_made_up(
    backend: ElasticsearchBackend, server: Elasticsearch, alias: str
) -> None:
    def read() -> list[Document]:
        backend.drop()
        return documents(1)

    with pytest.raises(Unavailable):
        backend.write(["d0"], read)
    assert not server.indices.exists(index=alias)


def test_unknown_fields_and_text_of_listings_do_not_get_into_the_index(
    backend: ElasticsearchBackend, server: Elasticsearch, alias: str
) -> None:
    with pytest.raises(Unavailable, match="strict_dynamic_mapping"):
        backend.write(["a"], lambda: [Document("a", ["x"], facets={"owner": ("secret",)})])
    backend.write(["a"], lambda: [Document("a", ["battery"])])
    [hit] = server.search(index=alias)["hits"]["hits"]
    assert "_source" not in hit


class Answers:
    """Rejects the first requests of a bulk: all of its documents, or as a whole."""

    def __init__(self, rejections: list[str]) -> None:
        self.rejections = rejections
        self.requests: list[Request] = []

    def __call__(self, request: Request) -> Answer | None:
        self.requests.append(request)
        if "/_bulk" not in request.path or not self.rejections:
            return None
        if self.rejections.pop(0) == "request":
            return 429, b'{"error": {"type": "circuit_breaking_exception"}, "status": 429}'
        lines = [json.loads(line) for line in request.body.splitlines()]
        names = [line["index"]["_id"] for line in lines if "index" in line]
        error = {"type": "es_rejected_execution_exception", "reason": "queue is full"}
        items = [{"index": {"_id": name, "status": 429, "error": error}} for name in names]
        return 200, json.dumps({"took": 1, "errors": True, "items": items}).encode()


def through(port: int, alias: str, **options: str) -> ElasticsearchBackend:
    return ElasticsearchBackend(client(Server((f"http://127.0.0.1:{port}",), **options)), alias)


def test_what_a_loaded_server_rejects_is_sent_again(elasticsearch: Node, alias: str) -> None:
    answers = Answers(["documents", "request"])
    with relay(elasticsearch.url, answers) as between:
        backend = through(between.server_port, alias)
        backend.rebuild(documents(20))
        assert keys(backend) == {f"d{n}" for n in range(20)}
    assert sum("/_bulk" in request.path for request in answers.requests) == 3


def test_documents_are_sent_in_pieces(elasticsearch: Node, alias: str) -> None:
    answers = Answers([])
    with relay(elasticsearch.url, answers) as between:
        through(between.server_port, alias).rebuild(documents(1_200))
    assert sum("/_bulk" in request.path for request in answers.requests) == 3


def test_the_key_is_shown_to_the_server(elasticsearch: Node, alias: str) -> None:
    answers = Answers([])
    with relay(elasticsearch.url, answers) as between:
        through(between.server_port, alias, api_key="c2VjcmV0").statistics(["x"])
    assert [request.headers["authorization"] for request in answers.requests] == ["ApiKey c2VjcmV0"]


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503])
def test_a_server_that_refuses_is_unavailable(elasticsearch: Node, alias: str, status: int) -> None:
    refusing = relay(elasticsearch.url, lambda _request: (status, b'{"status": 0}'))
    with refusing as between, pytest.raises(Unavailable):
        through(between.server_port, alias).statistics(["x"])


def test_a_search_that_meets_the_end_of_an_index_is_asked_again(
    elasticsearch: Node, backend: ElasticsearchBackend, alias: str
) -> None:
    backend.rebuild(documents(3))
    refusals = [(503, b'{"error": {"type": "search_phase_execution_exception"}, "status": 503}')]

    def once(request: Request) -> Answer | None:
        return refusals.pop() if refusals and "_search" in request.path else None

    with relay(elasticsearch.url, once) as between:
        found = through(between.server_port, alias).retrieve(None, filters=NO_FILTERS, limit=5)
    assert (found.total, refusals) == (3, [])


def certificate(folder: Path) -> Path:
    """Write a certificate of 127.0.0.1 that signs itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "search")])
    now = datetime.datetime.now(tz=datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    pem = serialization.Encoding.PEM
    path = folder / "server.pem"
    path.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain) + made.public_bytes(pem)
    )
    (folder / "ca.pem").write_bytes(made.public_bytes(pem))
    return path


def test_the_server_must_prove_itself_by_the_authority_of_the_settings(
    elasticsearch: Node, settings: LazySettings, tmp_path: Path
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate(tmp_path))
    with relay(elasticsearch.url, Answers([])) as between:
        between.socket = context.wrap_socket(between.socket, server_side=True)
        settings.ELASTICSEARCH_URL = [f"https://127.0.0.1:{between.server_port}"]
        with pytest.raises(Unavailable, match="certificate"):
            backends.written()[backends.SERVER].statistics(["x"])
        settings.ELASTICSEARCH_CA = str(tmp_path / "ca.pem")
        assert backends.written()[backends.SERVER].statistics(["x"]).documents == 0


def test_a_server_that_does_not_take_connections_is_not_waited_for_long(alias: str) -> None:
    """An address of the block for documentation, to which no packet gets an answer."""
    started = time.monotonic()
    with pytest.raises(Unavailable):
        ElasticsearchBackend(client(Server(("http://192.0.2.1:9200",))), alias).statistics(["x"])
    assert time.monotonic() - started < 4


def test_threads_share_the_connection(backend: ElasticsearchBackend) -> None:
    backend.rebuild(documents(10))
    found: list[set[str]] = []
    threads = [threading.Thread(target=lambda: found.append(keys(backend))) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [{f"d{n}" for n in range(10)}] * 12
