"""`cloud repo update|archive|rm`: what a repository is called, what it protects, and how it goes."""

from harness import contains, same, test
from scenes import FIRST, push


@test
def a_repository_is_renamed_protected_archived_and_deleted(scratch):
    scratch.server()

    def cloud(*words):
        return scratch.run("cloud", "repo", *words)

    push(scratch, FIRST)
    cloud("update", "--slug", "myapp").fails("nothing to change")
    cloud("update", "--slug", "myapp", "--review", "maybe").fails("use always, warning, error or none")
    cloud("update", "--slug", "nobody", "--lock-tags").fails("repository not found")
    done = cloud("update", "--slug", "myapp", "--to-slug", "shop", "--name", "Shop", "--protect-push",
                 "--review", "warning", "--format",
                 "{{ .Slug }} {{ .Name }} {{ .ProtectPush }} {{ .ProtectTags }} {{ .ReviewPolicy }}")
    same(done.ok().out.strip(), "shop Shop true false WARNING", "what it became")
    cloud("rm", "--slug", "shop", "--confirm", "shop").fails("archive it first")
    contains(cloud("archive", "--slug", "myapp").ok().out, "archived")  # by its former slug
    same(cloud("list").ok().out, "No repositories found.\n", "what is listed")
    cloud("rm", "--slug", "shop", "--confirm", "myapp").fails("confirmSlug")
    contains(cloud("rm", "--slug", "shop", "--confirm", "shop").ok().out, "deleted")
    cloud("describe", "--slug", "shop").fails("repository not found")
    push(scratch, FIRST)
    contains(cloud("list").ok().out, "myapp")
