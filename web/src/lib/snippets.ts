// What to write and run to connect a directory with this registry.

export function pushSnippet(origin: string, slug: string): string {
  return `export ATLAS_CLOUD_URL=${origin}/query
export ATLAS_TOKEN=<a token with dir:push>
rhumb migrate push ${slug} --dir file://migrations --dev-url "sqlite://dev?mode=memory"`;
}

export function projectSnippet(slug: string, reportOnly: boolean): string {
  if (reportOnly) {
    return `env {
  name = atlas.env
  migration {
    dir    = "file://migrations"
    report = true
    repo {
      name = "${slug}"
    }
  }
}`;
  }
  return `env {
  name = atlas.env
  migration {
    dir = "atlas://${slug}"
  }
}`;
}

export function deploySnippet(origin: string): string {
  return `export ATLAS_CLOUD_URL=${origin}/query
export ATLAS_TOKEN=<a token with dir:read and report:write>
rhumb migrate apply --env prod --url "<database URL>"`;
}
