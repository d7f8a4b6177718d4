#include "project/project.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "project/test_host.h"

namespace rhumb::project {
namespace {

TEST(LoadProject, ReadsNothingUnlessAsked) {
  TestHost host;
  ProjectRequest request;
  const Result<Project> project = host.load("this is not hcl", request);
  ASSERT_TRUE(project.has_value());
  EXPECT_TRUE(project.value().environments.empty());
}

TEST(LoadProject, ReadsAnEnvironment) {
  TestHost host;
  const Result<Project> project = host.load(R"(
variable "tenants" { type = list(string) }
locals { base = "sqlite://${getenv("NAME")}" }
env "t" {
  for_each = toset(var.tenants)
  url      = "${local.base}/${each.value}.db"
  dev      = "sqlite://dev?mode=memory"
  src      = "file://schema.sql"
  schemas  = ["main"]
  tx_mode  = "all"
  tenant   = each.key
  migration {
    dir          = "file://migrations"
    exec_order   = LINEAR_SKIP
    format       = goose
    lock_timeout = "3s"
    exclude      = ["a*"]
    repo { name = "app" }
    report       = "true"
  }
  format {
    migrate { apply = "{{ . }} ${each.value}" }
    cloud { databases = "x" }
  }
  lint { latest = 2 }
}
lint { log = "L" }
)",
                                            "t", {"tenants=b", "tenants=a"});
  ASSERT_TRUE(project.has_value()) << host.error_of(project);
  ASSERT_EQ(project.value().environments.size(), 2U);
  const Environment& first = project.value().environments[0];
  EXPECT_EQ(first.name, "t");
  EXPECT_EQ(first.key, "a");
  EXPECT_EQ(first.url, "sqlite:///a.db");
  EXPECT_EQ(first.src, std::vector<std::string>{"file://schema.sql"});
  EXPECT_EQ(first.schemas, std::vector<std::string>{"main"});
  EXPECT_EQ(first.tx_mode, "all");
  EXPECT_EQ(first.migration.dir, "file://migrations");
  EXPECT_EQ(first.migration.exec_order, "linear-skip");
  EXPECT_EQ(first.migration.format, "goose");
  EXPECT_EQ(first.migration.lock_timeout, "3s");
  EXPECT_EQ(first.migration.repo->name, "app");
  EXPECT_EQ(first.migration.report, std::optional(true));
  EXPECT_EQ(first.formats.at("migrate.apply"), "{{ . }} a");
  EXPECT_EQ(first.formats.at("cloud.databases"), "x");
  EXPECT_EQ(first.lint.latest, 2);
  EXPECT_EQ(first.lint.format, "L");
  ASSERT_EQ(first.extra.size(), 1U);
  EXPECT_EQ(first.extra[0].name, "tenant");
  EXPECT_NE(first.directories, nullptr);
  EXPECT_EQ(project.value().environments[1].key, "b");
}

TEST(LoadProject, FindsConfigFiles) {
  struct Case {
    const char* config;
    const char* want;
  };
  const Case cases[] = {
      {"other.hcl", "missing scheme for config file. Did you mean file://other.hcl?"},
      {"", "missing scheme for config file. Did you mean file://?"},
      {"s3://other.hcl", "unsupported config file driver \"s3\""},
      {"file://nested/./other.hcl",
       "config file \"nested/other.hcl\" was not found: stat nested/other.hcl: no such file or "
       "directory"},
  };
  for (const Case& c : cases) {
    TestHost host;
    ProjectRequest request{.config = c.config, .config_given = true, .env = "t"};
    EXPECT_EQ(host.error_of(host.load("", request)), c.want);
  }
}

TEST(LoadProject, JoinsFilesOfAList) {
  TestHost host;
  host.write("conf/a.hcl",
             "locals {\n  a = file(\"a.txt\")\n}\n"
             "variable \"v\" {\n  type = string\n  default = \"1\"\n}\n");
  host.write("conf/a.txt", "beside a");
  host.write("b,c.hcl", "env \"t\" {\n  x = \"${local.a} ${var.v}\"\n}\n");
  ProjectRequest request{.config = "file://" + host.path("conf/a.hcl") + ",file://" +
                                   host.path("b%2Cc.hcl"),
                         .config_given = true,
                         .env = "t"};
  const Result<Project> project = host.load("", request);
  ASSERT_TRUE(project.has_value()) << host.error_of(project);
  EXPECT_EQ(project.value().environments.at(0).extra.at(0).value.as_string(), "beside a 1");
}

TEST(LoadProject, SelectsEnvironments) {
  struct Case {
    const char* name;
    const char* text;
    const char* env;
    const char* want;
  };
  const Case cases[] = {
      {"label", "env \"t\" {\n x = 1\n}\nenv {\n name = atlas.env\n x = 2\n}", "t", "1"},
      {"bare label", "env t {\n x = 1\n}", "t", "1"},
      {"unlabeled", "env \"t\" {\n x = 1\n}\nenv {\n name = atlas.env\n x = 2\n}", "u", "2"},
      {"unlabeled, in a call", "env {\n name = format(\"%s\", atlas.env)\n x = 2\n}", "u", "2"},
      {"unlabeled, fixed name", "env {\n name = \"u\"\n x = 2\n}", "u",
       "env \"u\" not defined in config file"},
      {"unlabeled, other name",
       "env {\n name = contains([\"dev\"], atlas.env) ? atlas.env : \"dev\"\n x = 2\n}", "none",
       "env \"none\" not defined in config file"},
      {"null name", "env {\n name = atlas.env == \"t\" ? null : \"a\"\n}", "t",
       "all envs must have names on file \"atlas.hcl\""},
      {"two labels", "env \"t\" \"b\" {\n x = 1\n}", "t", "env \"t\" not defined in config file"},
      {"name beside label", "env \"t\" {\n name = \"b\"\n}", "t",
       "env \"t\" not defined in config file"},
      {"unknown", "env \"t\" {\n}", "T", "env \"T\" not defined in config file"},
      {"several", "env \"t\" {\n}\nenv \"t\" {\n}", "t", "2 environments"},
      {"three labels", "thing \"a\" \"b\" \"c\" {\n}", "t", "too many labels for block: [a b c]"},
  };
  for (const Case& c : cases) {
    TestHost host;
    EXPECT_EQ(host.x_of(c.text, c.env), c.want) << c.name;
  }
}

TEST(LoadProject, ExpandsForEach) {
  struct Case {
    const char* collection;
    const char* want;
  };
  const Case cases[] = {
      {"toset([\"b\", \"a\"])", "a=a b=b"},
      {"toset([10, 9])", "9=9 10=10"},
      {"toset([true])", "true=true"},
      {"{ b = \"x\", a = \"y\" }", "a=y b=x"},
      {"[\"b\", \"a\"]", "0=b 1=a"},
      {"tolist([\"a\"])", "schemahcl: for_each does not support list of string type"},
      {"\"a\"", "schemahcl: for_each does not support string type"},
      {"5", "schemahcl: for_each does not support number type"},
      {"null", "schemahcl: for_each does not support dynamic type"},
      {"[]", "env \"t\" not defined in config file"},
      {"{}", "env \"t\" not defined in config file"},
  };
  for (const Case& c : cases) {
    TestHost host;
    const Result<Project> project = host.load(
        std::string("env \"t\" {\n for_each = ") + c.collection + "\n url = \"=${each.value}\"\n}");
    std::vector<std::string> shown;
    if (project.has_value()) {
      for (const Environment& environment : project.value().environments) {
        shown.push_back(environment.key + environment.url);
      }
    }
    EXPECT_EQ(project.has_value() ? join(shown, " ") : host.error_of(project), c.want);
  }
}

TEST(LoadProject, AllowsNoTargetsOfAForEachOnly) {
  for (const char* text : {"env \"t\" {\n for_each = []\n}",
                           "env {\n name = atlas.env\n for_each = {}\n}"}) {
    TestHost host;
    const Result<Project> project =
        host.load(text, ProjectRequest{.env = "t", .allow_no_targets = true});
    ASSERT_TRUE(project.has_value()) << host.error_of(project);
    EXPECT_TRUE(project.value().environments.empty());
  }
  TestHost host;
  const Result<Project> unknown =
      host.load("env \"s\" {\n for_each = []\n}",
                ProjectRequest{.env = "t", .allow_no_targets = true});
  EXPECT_EQ(host.error_of(unknown), "env \"t\" not defined in config file");
}

TEST(LoadProject, PutsExpandedEnvironmentsLast) {
  TestHost host;
  const Result<Project> project = host.load(
      "env \"t\" {\n for_each = [1]\n url = \"each\"\n}\nenv \"t\" {\n url = \"plain\"\n}");
  ASSERT_TRUE(project.has_value()) << host.error_of(project);
  EXPECT_EQ(project.value().environments.at(0).url, "plain");
  EXPECT_EQ(project.value().environments.at(1).url, "each");
}

TEST(LoadProject, ConvertsVariables) {
  struct Case {
    const char* type;
    const char* fallback;
    std::vector<std::string> vars;
    const char* want;
  };
  const Case cases[] = {
      {"string", "\"d\"", {}, "\"d\""},
      {"string", "\"env-${atlas.env}\"", {}, "\"env-t\""},
      {"string", "\"d\"", {"v="}, "\"\""},
      {"number", "0", {"v=1.50"}, "1.5"},
      {"int", "0", {"v=1e3"}, "1000"},
      {"number", "0", {"v=abc"}, "variable \"v\": a number is required"},
      {"bool", "false", {"v=1"}, "true"},
      {"bool", "false", {"v=yes"}, "variable \"v\": a bool is required"},
      {"list(string)", "[]", {"v=a"}, "[\"a\"]"},
      {"list(string)", "[]", {"v=b", "v=a"}, "[\"b\",\"a\"]"},
      {"list(number)", "[]", {"v=3", "v=1"}, "[3,1]"},
      {"set(string)", "[]", {"v=b", "v=a", "v=b"}, "[\"a\",\"b\"]"},
      {"list(string)", "\"one\"", {}, "[\"one\"]"},
      {"map(string)", "{}", {"v=y"}, "variable \"v\": map of string required"},
      {"string", "\"\"", {"v=a", "v=b"}, "variable \"v\": string required"},
      {"object({ a : string })", "{}", {}, "variable \"v\": attribute \"a\" is required"},
      {"tuple([string, number])", "[\"a\", \"1\"]", {},
       "atlas.hcl:6,2-11: mixed list types used in \"x\" attribute"},
      {"\"string\"", "\"x\"", {},
       "invalid type \"string\" for variable \"v\". Valid types are: string, number, bool, list, "
       "map, or set"},
      {"list", "[]", {},
       "atlas.hcl:2,9-13: Unknown variable; There is no variable named \"list\". Did you mean "
       "\"int\"?"},
      {"string", "local.a", {},
       "atlas.hcl:3,12-17: Unknown variable; There is no variable named \"local\"."},
  };
  for (const Case& c : cases) {
    TestHost host;
    const std::string text = std::string("variable \"v\" {\n type = ") + c.type +
                             "\n default = " + c.fallback +
                             "\n}\nenv \"t\" {\n x = var.v\n}\nlocals {\n a = 1\n}\n";
    EXPECT_EQ(host.x_of(text, "t", c.vars), c.want) << c.type << " " << join(c.vars, " ");
  }
}

TEST(LoadProject, RefusesFaultyVariableBlocks) {
  struct Case {
    const char* block;
    const char* want;
  };
  const Case cases[] = {
      {"variable \"v\" {\n}",
       "atlas.hcl:1,14-14: Missing required argument; The argument \"type\" is required, but no "
       "definition was found."},
      {"variable \"v\" {\n type = string\n}", "missing value for required variable \"v\""},
      {"variable \"v\" {\n type = string\n default = \"\"\n nullable = false\n}",
       "atlas.hcl:4,2-10: Unsupported argument; An argument named \"nullable\" is not expected "
       "here."},
      {"variable {\n type = string\n}",
       "atlas.hcl:1,10-11: Missing  for variable; All variable blocks must have 1 labels ()."},
      {"variable \"v\" \"w\" {\n type = string\n}",
       "atlas.hcl:1,14-17: Extraneous label for variable; Only 1 labels () are expected for "
       "variable blocks."},
  };
  for (const Case& c : cases) {
    TestHost host;
    EXPECT_EQ(host.error_of(std::string(c.block) + "\nenv \"t\" {\n}\n"), c.want);
  }
}

TEST(LoadProject, TellsWhatIsUnknown) {
  struct Case {
    const char* value;
    const char* want;
  };
  const Case cases[] = {
      {"nope", "atlas.hcl:1,15-19: Unknown variable; There is no variable named \"nope\"."},
      {"locals.a",
       "atlas.hcl:1,15-21: Unknown variable; There is no variable named \"locals\". Did you mean "
       "\"local\"?"},
      {"var.a",
       "atlas.hcl:1,15-18: Unknown variable; There is no variable named \"var\"."},
      {"local.b",
       "atlas.hcl:1,20-22: Unsupported attribute; This object does not have an attribute named "
       "\"b\"."},
      {"data.sql.q.value",
       "atlas.hcl:1,15-19: Unknown data source; data.sql.q.value does not exist"},
      {"env.e1.url",
       "atlas.hcl:1,18-21: Unsupported attribute; This object does not have an attribute named "
       "\"e1\"."},
      {"each.value", "atlas.hcl:1,15-19: Unknown variable; There is no variable named \"each\"."},
      {"atlas.nope",
       "atlas.hcl:1,20-25: Unsupported attribute; This object does not have an attribute named "
       "\"nope\"."},
      {"\"${nope1}${nope2}\"",
       "atlas.hcl:1,18-23: Unknown variable; There is no variable named \"nope1\"., and 1 other "
       "diagnostic(s)"},
      {"local.a", "1"},
      {"local", "{\"a\":1}"},
      {"atlas.env", "\"t\""},
      {"env.t.y",
       "atlas.hcl:1,20-22: Unsupported attribute; This object does not have an attribute named "
       "\"y\"."},
      {"env.t", "cyclic reference to \"x\""},
  };
  for (const Case& c : cases) {
    TestHost host;
    EXPECT_EQ(host.x_of(std::string("env \"t\" { x = ") + c.value +
                        " }\nlocals {\n a = 1\n}\n"),
              c.want)
        << c.value;
  }
}

TEST(LoadProject, EvaluatesLocalsInDependencyOrder) {
  struct Case {
    const char* name;
    const char* text;
    const char* want;
  };
  const Case cases[] = {
      {"order", "locals {\n a = local.b + 1\n b = 1\n}\nenv \"t\" {\n x = local.a\n}", "2"},
      {"last one counts", "locals {\n a = 1\n}\nlocals {\n a = 2\n}\nenv \"t\" {\n x = local.a\n}",
       "2"},
      {"self", "locals {\n a = local.a\n}\nenv \"t\" {\n}", "cyclic reference to \"local.a\""},
      {"cycle behind another",
       "locals {\n z = local.b\n a = local.b\n b = local.a\n}\nenv \"t\" {\n}",
       "cyclic reference to \"local.a\""},
      {"broken and unused", "locals {\n a = nope\n}\nenv \"t\" {\n}",
       "atlas.hcl:2,6-10: Unknown variable; There is no variable named \"nope\"."},
      {"undefined", "locals {\n a = local.b\n}\nenv \"t\" {\n}",
       "atlas.hcl:2,6-11: Unknown variable; There is no variable named \"local\"."},
      {"no locals at all", "env \"t\" {\n x = local.a\n}",
       "atlas.hcl:2,6-11: Unknown local; There is no variable named \"local\"."},
  };
  for (const Case& c : cases) {
    TestHost host;
    EXPECT_EQ(host.x_of(c.text), c.want) << c.name;
  }
}

TEST(LoadProject, RefusesAttributesOfTheWrongType) {
  constexpr const char* kPrefix = "schemahcl: failed reading spec as *cmdapi.Project: ";
  struct Case {
    const char* body;
    const char* want;  // behind the prefix when it starts with a blank
  };
  const Case cases[] = {
      {"url = 5", " value of attr \"url\" cannot be read as string: string value is required"},
      {"url = format(\"%s\", null)",
       " value of attr \"url\" cannot be read as string: value must be known"},
      {"schemas = \"main\"",
       " schemahcl: field is of type slice but attr \"schemas\" is type: string"},
      {"exclude = { a = 1 }",
       " schemahcl: field is of type slice but attr \"exclude\" is type: object"},
      {"src = 5", "expected src to be either a string or strings, got: number"},
      {"lint {\n latest = \"x\"\n}",
       " value of attr \"latest\" cannot be read as integer: number value is required"},
      {"lint {\n latest = 1.5\n}",
       " value of attr \"latest\" cannot be read as integer: value must be a whole number, between "
       "-9223372036854775808 and 9223372036854775807"},
      {"diff {\n skip {\n  drop_table = \"maybe\"\n }\n}",
       " value of attr \"drop_table\" cannot be read as bool: bool value is required"},
      {"schemas = [\"a\", 1]", "atlas.hcl:2,1-19: mixed list types used in \"schemas\" attribute"},
      {"migration = \"x\"",
       " set field \"migration\": converting cty.Value to *cmdapi.Migration: object or tuple value "
       "is required"},
      {"migration {\n exec_order = RANDOM\n}",
       "atlas.hcl:3,15-21: Unknown migration.exec_order; There is no exec_order named \"RANDOM\"."},
      {"migration {\n report = true\n}", "migration.report requires migration.repo.name to be set"},
      {"migration {\n dir = \"atlas://x\"\n report = true\n}", ""},
      {"migration {\n report = true\n repo {\n  name = \"a\"\n }\n skip_report = false\n}",
       "migration.report and migration.skip_report are mutually exclusive"},
      {"migration {\n repo {\n  name = \"My App\"\n }\n}",
       "migration.repo.name \"My App\": slug must be lowercase alphanumeric and may contain /.-_"},
      {"url = null\nschemas = null\nformat {\n schema {\n  inspect = null\n }\n}", ""},
      {"unknown {\n a = 1\n}\nmigration {\n nope = true\n}", ""},
  };
  for (const Case& c : cases) {
    TestHost host;
    const std::string want = *c.want == ' ' ? std::string(kPrefix) + (c.want + 1) : c.want;
    EXPECT_EQ(host.error_of(std::string("env \"t\" {\n") + c.body + "\n}\n"), want) << c.body;
  }
}

TEST(LoadProject, InheritsPolicies) {
  constexpr const char* kGlobal = R"(
lint {
  latest = 3
  review = ERROR
  git {
    base = "main"
  }
  destructive {
    error = true
  }
}
lint { review = "second" }
diff {
  skip { drop_table = true }
  concurrent_index { create = true }
}
)";
  struct Case {
    const char* name;
    const char* body;
    const char* want;  // latest, base, review, analyzers; skips, other blocks
  };
  const Case cases[] = {
      {"all", "", "3 main ERROR destructive; drop_table=1 concurrent_index"},
      {"own detection", "lint {\n latest = 1\n}",
       "1  ERROR destructive; drop_table=1 concurrent_index"},
      {"git before latest", "lint {\n review = WARNING\n}",
       "0 main WARNING destructive; drop_table=1 concurrent_index"},
      {"own analyzers", "lint {\n naming {\n match = \"x\"\n }\n}",
       "0 main ERROR naming; drop_table=1 concurrent_index"},
      {"own skip", "diff {\n skip {\n  add_table = false\n }\n}",
       "3 main ERROR destructive; add_table=0"},
      {"own diff without skip", "diff {\n}", "3 main ERROR destructive; drop_table=1"},
  };
  for (const Case& c : cases) {
    TestHost host;
    const Result<Project> project =
        host.load(std::string(kGlobal) + "env \"t\" {\n" + c.body + "\n}\n");
    ASSERT_TRUE(project.has_value()) << host.error_of(project);
    const Environment& environment = project.value().environments.at(0);
    std::string shown = std::to_string(environment.lint.latest) + " " + environment.lint.git_base +
                        " " + environment.lint.review;
    for (const BlockValue& block : environment.lint.extra.blocks) {
      shown += " " + block.type;
    }
    shown += ";";
    for (const auto& [name, is_skipped] : environment.diff.skip) {
      shown += " " + name + "=" + (is_skipped ? "1" : "0");
    }
    for (const BlockValue& block : environment.diff.extra.blocks) {
      shown += " " + block.type;
    }
    EXPECT_EQ(shown, c.want) << c.name;
  }
}

TEST(LoadProject, TestsAreThoseOfTheEnvironmentOrElseTheGlobalOnes) {
  constexpr const char* kGlobal = R"(
variable "who" {
  type    = string
  default = "Ann"
}
test {
  schema { src = ["schema.test.hcl"] }
  migrate {
    src  = ["a.test.hcl", "tests"]
    vars = { name = var.who, ids = [1, 2] }
  }
}
test {
  migrate { src = ["second"] }
}
)";
  struct Case {
    const char* body;
    const char* want;  // files; names of variables
  };
  const Case cases[] = {
      {"", "a.test.hcl tests; ids name"},
      {"test {\n migrate {\n  src = [\"own\"]\n }\n}", "own;"},
      {"test {\n migrate {\n  vars = { x = null }\n }\n}", "; x"},
      {"test {\n}", ";"},
  };
  for (const Case& c : cases) {
    TestHost host;
    const Result<Project> project =
        host.load(std::string(kGlobal) + "env \"t\" {\n" + c.body + "\n}\n");
    ASSERT_TRUE(project.has_value()) << host.error_of(project);
    const TestConfig& test = project.value().environments.at(0).migrate_test;
    std::string shown = join(test.src, " ") + ";";
    for (const auto& [name, value] : test.variables) {
      shown += " " + name;
    }
    EXPECT_EQ(shown, c.want) << c.body;
  }
  TestHost host;
  EXPECT_EQ(host.error_of("env \"t\" {\n test {\n  migrate {\n   vars = [1]\n  }\n }\n}\n"),
            "schemahcl: failed reading spec as *cmdapi.Project: value of attr \"vars\" cannot be "
            "read as map: map or object value is required");
}

TEST(LoadProject, KeepsGlobalPoliciesWithoutAnEnvironment) {
  TestHost host;
  ProjectRequest request;
  request.config_given = true;
  const Result<Project> project = host.load(
      "lint {\n latest = 2\n}\ntest {\n migrate {\n  src = [\"tests\"]\n }\n}\n"
      "env \"t\" {\n url = nope\n}\n",
      request);
  ASSERT_TRUE(project.has_value()) << host.error_of(project);
  EXPECT_TRUE(project.value().environments.empty());
  EXPECT_EQ(project.value().defaults.lint.latest, 2);
  EXPECT_EQ(project.value().defaults.migrate_test.src, std::vector<std::string>{"tests"});
}

TEST(LoadProject, TakesTheDirectoryInUseForReports) {
  constexpr const char* kText = R"(
env "t" {
  registry = "atlas://app"
  migration {
    dir    = "file://m"
    report = true
  }
}
)";
  TestHost host;
  ProjectRequest request{.env = "t"};
  EXPECT_EQ(host.error_of(host.load(kText, request)),
            "migration.report requires migration.repo.name to be set");
  for (const char* directory : {"atlas://app?tag=x", "env://registry"}) {
    request.directory = directory;
    EXPECT_EQ(host.error_of(host.load(kText, request)), "");
  }
  EXPECT_EQ(host.error_of("atlas {\n cloud {\n  repo = \"app\"\n }\n}\n" + std::string(kText)), "");
}

TEST(LoadProject, PrintsToTheHost) {
  TestHost host;
  EXPECT_EQ(host.x_of("env \"t\" {\n x = print([\"a\", \"b\"])\n}"), "[\"a\",\"b\"]");
  EXPECT_EQ(host.printed, std::vector<std::string>{"[\"a\",\"b\"]"});
}

TEST(LoadProject, ReadsOnlyTheInitBlockForTheRegistry) {
  TestHost host;
  ProjectRequest request;
  request.needs_registry = true;
  const Result<Project> project = host.load(R"(
variable "unused" { type = string }
variable "token" {
  type    = string
  default = "tok"
}
locals {
  broken = nope
  url    = "https://registry.example"
}
atlas {
  cloud {
    token   = var.token
    url     = local.url
    project = "app"
  }
}
env "t" { url = nope }
)",
                                            request);
  ASSERT_TRUE(project.has_value()) << host.error_of(project);
  EXPECT_TRUE(project.value().cloud.present);
  EXPECT_EQ(project.value().cloud.token, "tok");
  EXPECT_EQ(project.value().cloud.url, "https://registry.example");
  EXPECT_EQ(project.value().cloud.repo, "app");

  request.config = "file://" + host.path("missing.hcl");
  EXPECT_TRUE(host.load("", request).has_value());
  request.config_given = true;
  EXPECT_FALSE(host.load("", request).has_value());
}

TEST(LoadProject, RefusesFaultyInitBlocks) {
  TestHost host;
  EXPECT_EQ(host.error_of("atlas {\n}\natlas {\n}\nenv \"t\" {\n}"),
            "duplicate init block \"atlas\"");
  EXPECT_EQ(host.error_of("atlas \"x\" {\n}\nenv \"t\" {\n}"),
            "init block \"atlas\" cannot have labels");
  EXPECT_EQ(host.error_of("atlas {\n cloud {\n  nope = 1\n }\n}\nenv \"t\" {\n}"),
            "atlas.cloud: decoding body: atlas.hcl:3,3-7: Unsupported argument; An argument named "
            "\"nope\" is not expected here.");
}

TEST(ResolveEnvUrl, FindsAttributes) {
  TestHost host;
  const Result<Project> project = host.load(R"(
env "t" {
  url   = "sqlite://a.db"
  src   = ["file://a.sql", "file://b.sql"]
  other = "sqlite://b.db"
  num   = 5
  loop  = "env://url"
  schema {
    repo { name = "app" }
  }
  migration { dir = "file://m" }
}
)");
  ASSERT_TRUE(project.has_value()) << host.error_of(project);
  struct Case {
    const char* url;
    const char* want;
  };
  const Case cases[] = {
      {"sqlite://x", "sqlite://x"},
      {"env://url", "sqlite://a.db"},
      {"env://src", "file://a.sql file://b.sql"},
      {"env://other", "sqlite://b.db"},
      {"env://migration.dir", "file://m"},
      {"env://schema.repo", "atlas://app"},
      {"env://schema.src", "env://schema.src: no src attribute defined in env \"t\""},
      {"env://nope", "env://nope (attribute) not found in env.t"},
      {"env://name", "env://name (attribute) not found in env.t"},
      {"env://num", "env://num: string value is required"},
      {"env://loop", "env://env://url (attribute) cannot reference another env://"},
      {"env://url/x", "invalid env:// variable \"env://url/x\""},
      {"env://url?x=1", "invalid env:// variable \"env://url?x=1\""},
      {"env://", "invalid env:// variable \"env://\""},
  };
  for (const Case& c : cases) {
    const auto texts = resolve_env_url(c.url, project.value().environments.at(0));
    EXPECT_EQ(texts.has_value() ? join(texts.value(), " ") : texts.error().message(), c.want);
  }
}

}  // namespace
}  // namespace rhumb::project
