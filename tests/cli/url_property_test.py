"""Connection URLs lead where they say: users, passwords, databases and parameters of any characters, on real servers.

RHUMB_URLS is how many are tried on each engine, RHUMB_SEED repeats them.
"""

import os
import random
import urllib.parse

from databases import MariaDatabase, PostgresDatabase
from harness import SEED, contains, lacks, same, test, true

URLS = int(os.environ.get("RHUMB_URLS", "24"))
LETTERS = "abzAZ09_-.~"
RESERVED = ":/?#[]@!$&'()*+,;= %\"\\<>^`{|}"
WIDE = "\u00e9\u00df\u4e2d\u0416\u2028"
MARK = "Zq9Zq9"  # begins every password


def odd_text(choose, alphabet, longest=10):
    return "".join(choose.choice(alphabet) for _ in range(choose.randint(1, longest)))


def odd_name(choose, alphabet=2 * LETTERS + RESERVED + WIDE):
    """Begins and ends with a letter: blanks at the ends are no part of a name everywhere."""
    return f"n{odd_text(choose, alphabet)}{choose.randrange(1000)}"


def escaped(choose, text):
    """Percent-escapes for everything that needs them, and for some of the rest."""
    return "".join(f"%{byte:02X}" if chr(byte) not in LETTERS or choose.random() < 0.1 else chr(byte)
                   for byte in text.encode())


def literal(text):
    return "'" + text.replace("'", "''") + "'"


def double_quoted(name):
    return '"' + name.replace('"', '""') + '"'


def check_refusals(scratch, directory, wrong_urls, passwords):
    for url in wrong_urls:
        done = scratch.run("migrate", "apply", "--dir", directory, "--url", url)
        true(done.code == 1, f"{url} should be refused: {done}")
        for password in passwords:
            lacks(done.out + done.err, password, urllib.parse.quote(password, safe=""), MARK)


def reach(scratch, directory, url):
    done = scratch.run("migrate", "apply", "--dir", directory, "--url", url).ok()
    lacks(done.out + done.err, MARK)
    status = scratch.run("migrate", "status", "--dir", directory, "--url", url, "--format", "{{ json . }}").ok()
    lacks(status.out + status.err, MARK)
    contains(status.out, '"Status":"OK"')


# ---------------------------------------------------------------- PostgreSQL


def postgres_url(choose, parts, place):
    user, password, database = (escaped(choose, parts[key]) for key in ("user", "password", "database"))
    query = [("sslmode", "disable"), ("search_path", double_quoted(parts["schema"])), ("rhumb.odd", parts["value"])]
    choose.shuffle(query)
    text = "&".join(f"{key}={escaped(choose, value)}" for key, value in query)
    host = f"{place.hostname}:{place.port}"
    if choose.random() < 0.3:  # the server's socket
        host, text = "", text + f"&host={escaped(choose, parts['socket'])}&port={place.port}"
    return f"postgres://{user}:{password}@{host}/{database}?{text}"


@test
def postgres_urls_reach_what_they_name(scratch):
    """The table that the file makes tells who has made it, where, and with which parameter."""
    choose = random.Random(SEED)
    server = PostgresDatabase(scratch)
    place = server.server
    directory = "file://" + scratch.directory("odd", {
        "1_who.sql": "CREATE TABLE who AS SELECT current_user::text AS u, current_database()::text AS d, "
                     "current_schema()::text AS s, current_setting('rhumb.odd') AS v;\n"})
    sockets = server.sql("SHOW unix_socket_directories").strip()
    for _ in range(URLS):
        parts = {"user": odd_name(choose), "password": MARK + odd_name(choose), "database": odd_name(choose),
                 "schema": odd_name(choose), "value": odd_name(choose), "socket": sockets}
        user, database, schema = (double_quoted(parts[key]) for key in ("user", "database", "schema"))
        own = place._replace(path="/" + urllib.parse.quote(parts["database"], safe="")).geturl()
        server.sql(f"CREATE ROLE {user} LOGIN PASSWORD {literal(parts['password'])}")
        server.sql(f"CREATE DATABASE {database} OWNER {user}")
        try:
            server.sql(f"CREATE SCHEMA {schema} AUTHORIZATION {user}", url=own)
            reach(scratch, directory, postgres_url(choose, parts, place))
            wanted = ", ".join(literal(parts[key]) for key in ("user", "database", "schema", "value"))
            told = server.sql(f"SELECT (u, d, s, v) = ({wanted}) FROM {schema}.who", url=own)
            same(told.strip(), "t", f"{parts} are what the session had")
            wrong = [{**parts, "password": parts["password"] + "x"}, {**parts, "database": parts["database"] + "x"},
                     {**parts, "user": parts["user"] + "x"}]
            check_refusals(scratch, directory, [postgres_url(choose, other, place) for other in wrong],
                           [parts["password"]])
        finally:
            server.sql(f"DROP DATABASE {database} WITH (FORCE)")
            server.sql(f"DROP ROLE {user}")


# ---------------------------------------------------------------- MariaDB


def mariadb_url(choose, parts, place):
    user, password, database = (escaped(choose, parts[key]) for key in ("user", "password", "database"))
    if choose.random() < 0.3:
        return f"mariadb+unix://{user}:{password}@{parts['socket']}?database={database}"
    return f"mariadb://{user}:{password}@{place.hostname}:{place.port}/{database}"


@test
def mariadb_urls_reach_what_they_name(scratch):
    choose = random.Random(SEED)
    server = MariaDatabase(scratch)
    directory = "file://" + scratch.directory("odd", {
        "1_who.sql": "CREATE TABLE who AS SELECT substring_index(user(), '@', 1) AS u, user() AS w, database() AS d;\n"})
    parts = {"socket": server.sql("SELECT @@socket").strip()}
    for _ in range(URLS):
        parts |= {"user": odd_name(choose), "password": MARK + odd_name(choose), "database": odd_name(choose)}
        database = "`" + parts["database"].replace("`", "``") + "`"
        user, password = (literal(parts[key].replace("\\", "\\\\")) for key in ("user", "password"))
        hosts = ("127.0.0.1", "localhost")
        server.sql(f"CREATE DATABASE {database}", database="")
        try:
            for host in hosts:
                server.sql(f"CREATE USER {user}@{host} IDENTIFIED BY {password}", database="")
                name = database.replace("\\", "\\\\").replace("_", "\\_").replace("%", "\\%")
                server.sql(f"GRANT ALL ON {name}.* TO {user}@{host}", database="")
            reach(scratch, directory, mariadb_url(choose, parts, server.server))
            wanted = literal(parts["database"].replace("\\", "\\\\"))
            told = server.sql(f"SELECT w LIKE concat(replace(replace(replace({user}, '\\\\', '\\\\\\\\'), '_', "
                              f"'\\\\_'), '%', '\\\\%'), '@%') AND d = {wanted} FROM {database}.who", database="")
            same(told.strip(), "1", f"{parts} are what the session had")
            wrong = [{**parts, "password": parts["password"] + "x"}, {**parts, "database": parts["database"] + "x"},
                     {**parts, "user": parts["user"] + "x"}]
            check_refusals(scratch, directory, [mariadb_url(choose, other, server.server) for other in wrong],
                           [parts["password"]])
        finally:
            server.sql(f"DROP DATABASE {database}", database="")
            for host in hosts:
                server.sql(f"DROP USER IF EXISTS {user}@{host}", database="")


# ---------------------------------------------------------------- SQLite


@test
def sqlite_urls_make_the_file_they_name(scratch):
    """The path is taken as it stands: only `?` and `#` mean something there, and `%` has to be an escape."""
    choose = random.Random(SEED)
    directory = "file://" + scratch.directory("odd", {"1_t.sql": "CREATE TABLE t (a int);\n"})
    alphabet = 2 * LETTERS + WIDE + "".join(c for c in RESERVED if c not in "/?#%")
    for _ in range(URLS):
        name = odd_name(choose, alphabet)
        reach(scratch, directory, f"sqlite://{scratch.file_path(name)}?_fk=1")
        true(os.path.isfile(scratch.file_path(name)), f"{name!r} was made")
