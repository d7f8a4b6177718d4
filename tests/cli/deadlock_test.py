"""Files that meet a deadlock with another session of a real server."""

import threading
import time

from databases import MariaDatabase
from harness import same, test


def meanwhile(database, delay, sql):
    """Runs SQL in a session of its own after a while. -> the thread"""
    def work():
        time.sleep(delay)
        database.sql(sql)

    thread = threading.Thread(target=work)
    thread.start()
    return thread


@test
def the_history_counts_nothing_that_a_deadlock_has_undone(scratch):
    """Both sessions update two rows, in opposite order; the other one has written more, so ours is undone."""
    database = MariaDatabase(scratch)
    database.sql("CREATE TABLE t (id int PRIMARY KEY, n int) ENGINE=InnoDB; INSERT INTO t VALUES (1, 0), (2, 0);"
                 "CREATE TABLE heavy (id int) ENGINE=InnoDB")
    scratch.directory("migrations", {"1_a.sql": "UPDATE t SET n = n + 1 WHERE id = 1;\nDO SLEEP(0.8);\n"
                                                "UPDATE t SET n = n + 1 WHERE id = 2;\n"})
    other = meanwhile(database, 0.4, "BEGIN; INSERT INTO heavy SELECT seq FROM seq_1_to_1000;"
                                     "UPDATE t SET n = n + 10 WHERE id = 2; UPDATE t SET n = n + 10 WHERE id = 1; COMMIT")
    done = scratch.run("migrate", "apply", "--allow-dirty", "--url", database.url)
    other.join()
    done.fails("Error 1213 (40001)")
    rows = database.sql("SELECT applied, total, error LIKE 'Error 1213%' FROM atlas_schema_revisions")
    same(rows, "0\t3\t1\n", "history")
    scratch.run("migrate", "apply", "--url", database.url).ok()
    same(database.sql("SELECT id, n FROM t ORDER BY id"), "1\t11\n2\t11\n", "rows")
