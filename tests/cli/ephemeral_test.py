"""`cloud env ephemeral`: environments that come and go."""

from harness import contains, same, test
from scenes import FIRST, REGISTRY_PROJECT, apply, push


@test
def environments_by_a_glob_come_and_go(scratch):
    scratch.server()
    push(scratch, FIRST)
    scratch.write("atlas.hcl", REGISTRY_PROJECT)
    apply(scratch, "main", env="prod").ok()
    apply(scratch, "preview", env="pr-7").ok()
    same(scratch.run("cloud", "env", "ephemeral", "list").ok().quiet().out, "Every environment stays.\n", "no glob")
    done = scratch.run("cloud", "env", "ephemeral", "set", "--glob", "pr-*", "--ttl", "48h").ok().quiet()
    same(done.out, "Glob          pr-*\nHours         48\nEnvironments  1\n", "the answer")
    same(scratch.run("cloud", "env", "ephemeral", "list").ok().quiet().out,
         "GLOB  HOURS  ENVIRONMENTS\npr-*  48     1\n", "the globs")
    rows = [line.split() for line in scratch.run("cloud", "env", "list").ok().quiet().out.splitlines()]
    same(rows[1:], [["pr-7", "-", "false", "1", "0", "0", "48"], ["prod", "-", "false", "1", "0", "0", "-"]], "list")
    same(scratch.run("cloud", "env", "list", "--format", "{{ range .Environments }}{{ .Name }}={{ .EphemeralHours }} {{ end }}")
         .ok().out.split()[0], "pr-7=48", "a template")
    contains(scratch.run("cloud", "repo", "describe", "--slug", "myapp").ok().out, "Databases Synced   1")
    same(scratch.run("cloud", "env", "ephemeral", "rm", "--glob", "pr-*").ok().quiet().out,
         'Environments "pr-*" stay.\n', "the answer")
    contains(scratch.run("cloud", "repo", "describe", "--slug", "myapp").ok().out, "Databases Synced   2")


@test
def says_what_cannot_be(scratch):
    scratch.server()
    scratch.run("cloud", "env", "ephemeral", "set", "--glob", "pr-*", "--ttl", "90m").fails("--ttl takes whole hours")
    scratch.run("cloud", "env", "ephemeral", "set", "--glob", "pr-*", "--ttl", "0h").fails("hours must be from 1 to 8784")
    scratch.run("cloud", "env", "ephemeral", "set").fails('required flag(s) "glob" not set')
    scratch.run("cloud", "env", "ephemeral", "rm", "--glob", "x").fails('no environments are ephemeral by the glob "x"')
