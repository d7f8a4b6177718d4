"""`migrate rm`, `edit` and `rebase`: files of a directory change, and atlas.sum with them."""

import os

from harness import contains, lacks, same, test, true

FILES = {"20260101000000_a.sql": "CREATE TABLE a (id int);\n", "20260102000000_b.sql": "CREATE TABLE b (id int);\n",
         "20260103000000_c.sql": "CREATE TABLE c (id int);\n"}
PAIRS = {"1_a.up.sql": "CREATE TABLE a (id int);\n", "1_a.down.sql": "DROP TABLE a;\n",
         "2_b.up.sql": "CREATE TABLE b (id int);\n", "2_b.down.sql": "DROP TABLE b;\n"}


def listed(scratch, folder="migrations"):
    """Migration files by name; the checksum file must fit them."""
    return sorted(name for name in os.listdir(scratch.file_path(folder)) if name != "atlas.sum")


def valid(scratch, *more):
    scratch.run("migrate", "validate", *more).ok().quiet()


def read(scratch, name):
    with open(scratch.file_path("migrations", name), encoding="utf-8") as f:
        return f.read()


def unchanged(scratch, parts, *words, **options):
    before = {name: read(scratch, name) for name in os.listdir(scratch.file_path("migrations"))}
    done = scratch.run(*words, **options).fails(*parts)
    same({name: read(scratch, name) for name in os.listdir(scratch.file_path("migrations"))}, before,
         f"files after {' '.join(words)}")
    return done


@test
def rm_takes_the_last_file_or_the_one_that_is_named(scratch):
    scratch.directory("migrations", {**FILES, "20260104000000_d.sql": "SELECT 1;\n"})
    same(scratch.run("migrate", "rm").ok().quiet().out, "", "stdout")
    same(listed(scratch), list(FILES), "files")
    scratch.run("migrate", "rm", "20260101000000").ok().quiet()
    scratch.run("migrate", "rm", "20260103000000_c.sql").ok().quiet()
    same(listed(scratch), ["20260102000000_b.sql"], "files")
    valid(scratch)
    scratch.run("migrate", "rm").ok()
    valid(scratch)
    unchanged(scratch, ["migration directory is empty"], "migrate", "rm")


@test
def rm_takes_the_file_that_undoes_it_too(scratch):
    for name, text in PAIRS.items():
        scratch.write(f"migrations/{name}", text)
    scratch.run("migrate", "hash", "--dir-format", "golang-migrate").ok()
    scratch.run("migrate", "rm", "1", "--dir", "file://migrations?format=golang-migrate").ok().quiet()
    same(listed(scratch), ["2_b.down.sql", "2_b.up.sql"], "files")
    valid(scratch, "--dir-format", "golang-migrate")


@test
def edit_writes_back_what_the_editor_leaves(scratch):
    scratch.directory("migrations", FILES)
    editor = {"EDITOR": "sed -i s/TABLE.b/TABLE.bee/"}
    scratch.run("migrate", "edit", "20260102000000", env=editor).ok().quiet()
    same(read(scratch, "20260102000000_b.sql"), "CREATE TABLE.bee (id int);\n", "the file")
    valid(scratch)
    scratch.run("migrate", "edit", "20260102000000_b.sql", env={"EDITOR": "sed -i s/bee/b/"}).ok().quiet()
    valid(scratch)
    unchanged(scratch, ["exec edit: exit status 3"], "migrate", "edit", "20260102000000",
              env={"EDITOR": "sh -c 'echo broken >\"$0\"; exit 3'"})


@test
def edit_takes_every_format(scratch):
    scratch.write("migrations/sub/V1__a.sql", "SELECT 1;\n")
    scratch.run("migrate", "hash", "--dir-format", "flyway").ok()
    scratch.run("migrate", "edit", "1", "--dir-format", "flyway", env={"EDITOR": "sed -i s/1/2/"}).ok().quiet()
    same(read(scratch, "sub/V1__a.sql"), "SELECT 2;\n", "the file")
    valid(scratch, "--dir-format", "flyway")


@test
def rebase_moves_files_behind_all_others(scratch):
    scratch.directory("migrations", {**FILES, "20990101000000_last.sql": "SELECT 1;\n"})
    scratch.run("migrate", "rebase", "20260102000000_b.sql", "20260101000000").ok().quiet()
    same(listed(scratch), ["20260103000000_c.sql", "20990101000000_last.sql", "20990101000001_a.sql",
                           "20990101000002_b.sql"], "files")
    same(read(scratch, "20990101000001_a.sql"), FILES["20260101000000_a.sql"], "a file that moved")
    valid(scratch)
    # Older programs hand over all names in one argument.
    scratch.run("migrate", "rebase", " 20260103000000_c.sql  20990101000001_a.sql ").ok().quiet()
    same([name[15:] for name in listed(scratch)], ["last.sql", "b.sql", "c.sql", "a.sql"], "order")
    valid(scratch)
    latest = scratch.run("migrate", "ls", "--short", "--latest").ok().out
    same(latest, listed(scratch)[-1][:14] + "\n", "the last version")


@test
def rebase_takes_a_name_with_blanks_and_files_in_pairs(scratch):
    scratch.directory("migrations", {"20260101000000_my own.sql": "SELECT 1;\n", "20260102000000_b.sql": "SELECT 2;\n"})
    scratch.run("migrate", "rebase", "20260101000000_my own.sql").ok().quiet()
    true(listed(scratch)[-1].endswith("_my own.sql"), f"order: {listed(scratch)}")
    for name, text in PAIRS.items():
        scratch.write(f"pairs/0{name}", text)
    pairs = ("--dir", "file://pairs?format=golang-migrate")
    scratch.run("migrate", "hash", *pairs).ok()
    scratch.run("migrate", "rebase", "01", *pairs).ok().quiet()
    names = listed(scratch, "pairs")
    same([name.partition("_")[2] for name in names], ["b.down.sql", "b.up.sql", "a.down.sql", "a.up.sql"], "files")
    same(len({name.partition("_")[0] for name in names}), 2, "versions")
    valid(scratch, *pairs)


@test
def nothing_changes_when_a_name_is_wrong(scratch):
    scratch.directory("migrations", FILES)
    for command in ("rm", "edit", "rebase"):
        unchanged(scratch, ['migration with version "2026" not found', 'Did you mean "20260103000000"?'],
                  "migrate", command, "2026")
    unchanged(scratch, ['migration with version "9" not found'], "migrate", "rebase", "20260101000000", "9")
    unchanged(scratch, ['migration with version "" not found'], "migrate", "rm", "")
    unchanged(scratch, ["accepts 1 arg(s), received 0"], "migrate", "edit")
    unchanged(scratch, ["accepts at most 1 arg(s), received 2"], "migrate", "rm", "a", "b")
    for words in (["rebase"], ["rebase", " "]):
        unchanged(scratch, ["requires at least 1 arg(s), only received 0"], "migrate", *words)


@test
def a_directory_that_was_changed_behind_its_sum_is_refused(scratch):
    scratch.directory("migrations", FILES)
    scratch.write("migrations/20260101000000_a.sql", "SELECT 1;\n")
    for command in ("rm", "edit", "rebase"):
        done = unchanged(scratch, ["checksum mismatch"], "migrate", command, "20260102000000", env={"EDITOR": "true"})
        contains(done.out, "L2: 20260101000000_a.sql was edited", "atlas migrate hash")


@test
def only_a_folder_is_changed(scratch):
    scratch.directory("migrations", FILES)
    scratch.write("atlas.hcl", """\
data "template_dir" "app" {
  path = "migrations"
  vars = {}
}
env "dev" {
  migration {
    dir = data.template_dir.app.url
  }
}
""")
    for command in ("rm", "edit", "rebase"):
        for where in (["--env", "dev"], ["--dir", "atlas://app"]):
            done = unchanged(scratch, [f'migrate {command}" changes files of a folder, and "', "pass --dir"],
                             "migrate", command, "20260102000000", *where, env={"EDITOR": "true"})
            lacks(done.err, "login")


@test
def the_help_teaches(scratch):
    for command in ("rm", "edit", "rebase"):
        out = scratch.run("migrate", command, "--help").ok().out
        contains(out, "atlas.sum", "--dir", "Examples:", f"rhumb migrate {command} ")
