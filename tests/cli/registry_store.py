"""Where the registries of the tests keep everything: RHUMB_TEST_STORE is `postgres` for a schema of
their own on the server that RHUMB_TEST_POSTGRES names, else it is their data folder."""

import os
import subprocess
import urllib.parse
import uuid


def is_embedded():
    return os.environ.get("RHUMB_TEST_STORE") != "postgres"


def run_on_server(sql, url=None):
    words = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1"]
    if url:
        server = urllib.parse.urlsplit(url)
        query = dict(urllib.parse.parse_qsl(server.query))
        words += ["-c", f"SET search_path = {query.pop('search_path')}"]
        url = server._replace(query=urllib.parse.urlencode(query)).geturl()
    subprocess.run([*words, "-c", sql, url or os.environ["RHUMB_TEST_POSTGRES"]], check=True,
                   capture_output=True)


def address(scratch, data):
    """The URL of a server's store; None for the folder. The same folder has the same schema."""
    if is_embedded():
        return None
    known = scratch.stores
    if data not in known:
        schema = "rhumb_store_" + uuid.uuid4().hex[:12]
        run_on_server(f"CREATE SCHEMA {schema}")
        scratch.stack.callback(lambda: run_on_server(f"DROP SCHEMA {schema} CASCADE"))
        url = urllib.parse.urlsplit(os.environ["RHUMB_TEST_POSTGRES"])
        query = "&".join(filter(None, [url.query, f"search_path={schema}"]))
        known[data] = url._replace(query=query).geturl()
    return known[data]
