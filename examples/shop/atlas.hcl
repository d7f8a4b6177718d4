// Where the databases live; the demo passes a scratch folder.
variable "data" {
  type    = string
  default = "."
}

// ATLAS_TOKEN and ATLAS_CLOUD_URL name the registry, so this file holds no secret.

env "staging" {
  url = "sqlite://${var.data}/staging.db"
  dev = "sqlite://dev?mode=memory"
  migration {
    dir = "atlas://shop"
  }
}

// One database per tenant.
env "production" {
  for_each = toset(["amber", "birch", "cedar", "dahlia"])
  url      = "sqlite://${var.data}/${each.value}.db"
  migration {
    dir = "atlas://shop"
  }
}

// What a laptop does: the local directory, reported to the same repository.
env "local" {
  url = "sqlite://${var.data}/local.db"
  migration {
    dir    = "file://migrations"
    report = true
    repo {
      name = "shop"
    }
  }
}
