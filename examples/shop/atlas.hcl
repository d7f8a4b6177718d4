// Where the databases live; the demo passes a scratch folder.
variable "data" {
  type    = string
  default = "."
}

// The commit whose migrations are deployed: any prefix that only one tag has. Empty: what was pushed last.
variable "tag" {
  type    = string
  default = ""
}

locals {
  dir = var.tag == "" ? "atlas://shop" : "atlas://shop?tag=${var.tag}"
}

// ATLAS_TOKEN and ATLAS_CLOUD_URL name the registry, so this file holds no secret.

env "staging" {
  url = "sqlite://${var.data}/staging.db"
  dev = "sqlite://dev?mode=memory"
  migration {
    dir = local.dir
  }
}

// One database per tenant.
env "production" {
  for_each = toset(["amber", "birch", "cedar", "dahlia", "elder", "fern", "gorse", "hazel"])
  url      = "sqlite://${var.data}/${each.value}.db"
  migration {
    dir = local.dir
  }
}

// A till in the shop: its files are templates, and one of their values is a secret.
data "template_dir" "kiosk" {
  path = "kiosk"
  vars = {
    payment_key = getenv("ATLAS_PAYMENT_KEY")
    place       = "front door"
  }
}

env "kiosk" {
  url = "sqlite://${var.data}/kiosk.db"
  migration {
    dir    = data.template_dir.kiosk.url
    report = true
    repo {
      name = "kiosk"
    }
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
