#include <gtest/gtest.h>

#include <span>

#include "base/text.h"
#include "codec/base64.h"
#include "codec/tar.h"
#include "driver/sqlite/sqlite_driver.h"
#include "migrate/memory_directory.h"
#include "project/test_host.h"

namespace rhumb::project {
namespace {

/// Loads a file whose only environment has `x = <value>` below the given blocks.
std::string x_value(TestHost& host, const std::string& blocks, const std::string& value) {
  return host.x_of(blocks + "\nenv \"t\" {\n x = " + value + "\n}\n");
}

TEST(DataSource, IsCheckedInEveryBlock) {
  struct Case {
    const char* block;
    const char* want;
  };
  const Case cases[] = {
      {"data \"nope\" \"x\" {\n}", "missing data source handler for \"nope\""},
      {"data \"sql\" {\n}", "data block \"data\" must have exactly 2 labels"},
      {"data \"sql\" \"broken\" {\n nonsense = nope\n}", "1"},
      {"data \"external\" \"self\" {\n program = [data.external.self]\n}\n"
       "thing {\n y = data.external.self\n}",
       "cyclic reference to \"data.external.self\""},
      {"data \"external_schema\" \"a\" {\n}\nthing {\n y = data.external_schema.a\n}",
       "data.external_schema.a: data source \"external_schema\" is not supported"},
  };
  for (const Case& c : cases) {
    TestHost host;
    EXPECT_EQ(x_value(host, c.block, "1"), c.want) << c.block;
  }
}

TEST(DataExternal, RunsAProgramOnceAndOnlyWhenReferredTo) {
  TestHost host;
  const std::string log = host.path("log");
  const std::string blocks =
      "data \"external\" \"used\" {\n program = [\"sh\", \"-c\", \"echo used >> DIR/log; printf "
      "x\"]\n}\n"
      "data \"external\" \"unused\" {\n program = [\"sh\", \"-c\", \"echo unused >> DIR/log\"]\n}\n"
      "locals {\n a = data.external.used\n}\n";
  EXPECT_EQ(x_value(host, blocks, "\"${local.a}${data.external.used}\""), "\"xx\"");
  EXPECT_EQ(sys::read_file(log).value(), "used\n");
}

TEST(DataExternal, TellsWhatWentWrong) {
  struct Case {
    const char* body;
    const char* want;
  };
  const Case cases[] = {
      {"program = [\"no-such-program-x\"]",
       "data.external.p: running program no-such-program-x: exec: \"no-such-program-x\": "
       "executable file not found in $PATH"},
      {"program = []", "data.external.p: program cannot be empty"},
      {"",
       "data.external.p: decoding body: atlas.hcl:1,21-21: Missing required argument; The argument "
       "\"program\" is required, but no definition was found."},
      {"program = \"echo\"",
       "data.external.p: decoding body: atlas.hcl:2,12-16: Unsuitable value type; Unsuitable "
       "value: list of string required"},
      {"program = [\"echo\"]\nnope = 1", "data.external.p: unexpected attributes: [nope]"},
      {"program = [\"echo\"]\nsub {\n}",
       "data.external.p: getting attributes: atlas.hcl:3,1-4: Unexpected \"sub\" block; Blocks are "
       "not allowed here."},
      {"program = [nope]",
       "data.external.p: decoding body: atlas.hcl:2,12-16: Unknown variable; There is no variable "
       "named \"nope\"., and 1 other diagnostic(s)"},
  };
  for (const Case& c : cases) {
    TestHost host;
    EXPECT_EQ(x_value(host, std::string("data \"external\" \"p\" {\n") + c.body + "\n}",
                      "data.external.p"),
              c.want)
        << c.body;
  }
  TestHost host;
  const std::string failed = x_value(
      host, "data \"external\" \"p\" {\n program = [\"sh\", \"-c\", \"echo boom >&2; exit 1\"]\n}",
      "data.external.p");
  EXPECT_TRUE(failed.starts_with("data.external.p: running program /")) << failed;
  EXPECT_TRUE(failed.ends_with("/sh: boom\n")) << failed;
  const std::string status =
      x_value(host, "data \"external\" \"p\" {\n program = [\"sh\", \"-c\", \"exit 3\"]\n}",
              "data.external.p");
  EXPECT_TRUE(status.ends_with("/sh: exit status 3")) << status;
}

TEST(DataRuntimeVariable, ReadsConstantsFilesAndPages) {
  struct Case {
    const char* url;
    const char* want;
  };
  const Case cases[] = {
      {"constant://?val=hello&decoder=string", "\"hello\""},
      {"constant://?val=hi+there&timeout=2s", "\"hi there\""},
      {"file://DIR/secret.txt?decoder=string", "\"s3cret\""},
      {"https://example.org/x?a=b&timeout=1s", "\"page\""},
      {"constant://?val=x&decoder=json", "data.runtimevar.v: unsupported decoder: \"json\""},
      {"constant://?val=x&timeout=soon",
       "data.runtimevar.v: parsing timeout: time: invalid duration \"soon\""},
      {"nope://x", "data.runtimevar.v: opening variable: no driver registered for \"nope\""},
      {"gcpruntimeconfig://x",
       "data.runtimevar.v: opening variable: scheme \"gcpruntimeconfig\" is not supported"},
      {"awsparamstore://x?decrypt=no",
       "data.runtimevar.v: opening variable: invalid query parameter \"decrypt\""},
      {"gcpsecretmanager://projects/p/secrets/s?region=r",
       "data.runtimevar.v: opening variable: invalid query parameter \"region\""},
      {"awssecretsmanager://x",
       "data.runtimevar.v: getting latest snapshot: no AWS region: set it, AWS_REGION, or the "
       "region "
       "of the profile"},
      {"gcpsecretmanager://x",
       "data.runtimevar.v: getting latest snapshot: secret \"x\" must be of the form "
       "projects/<project>/secrets/<name>"},
      {"abc", "data.runtimevar.v: opening variable: no scheme in the URL"},
      {"constant://?err=broken", "data.runtimevar.v: getting latest snapshot: broken"},
  };
  for (const Case& c : cases) {
    TestHost host;
    host.fetcher.answer = "page";
    host.write("secret.txt", "s3cret");
    EXPECT_EQ(x_value(host, std::string("data \"runtimevar\" \"v\" {\n url = \"") + c.url + "\"\n}",
                      "data.runtimevar.v"),
              c.want)
        << c.url;
    if (*c.url == 'h') {
      EXPECT_EQ(host.fetcher.requests.at(0), "https://example.org/x?a=b");
    }
  }
}

TEST(DataRuntimeVariable, IsASecret) {
  TestHost host;
  const Result<Project> project = host.load(R"(
data "runtimevar" "v" { url = "constant://?val=hidden" }
variable "pin" {
  type      = list(string)
  sensitive = true
}
env "t" { x = "${data.runtimevar.v}" }
)",
                                            "t", {"pin=1234", "pin=5678"});
  ASSERT_TRUE(project.has_value()) << host.error_of(project);
  EXPECT_EQ(project.value().environments.at(0).secrets,
            (std::vector<std::string>{"1234", "5678", "hidden"}));
}

TEST(DataSql, GivesOneValuePerRow) {
  struct Case {
    const char* body;
    const char* result;  // of data.sql.q
    const char* want;
  };
  const Case cases[] = {
      {"query = \"select 9007199254740993 union all select -1\"", "values",
       "[9007199254740993,-1]"},
      {"query = \"select 1.5\"", "value", "1.5"},
      {"query = \"select x'6162'\"", "value", "\"ab\""},
      {"query = \"select 1 where 1 = 0\"", "count", "0"},
      {"query = \"select 1 where 1 = 0\"", "values", "[]"},
      {"query = \"select ? || '-' || ?\"\nargs = [\"a\", 2]", "value", "\"a-2.0\""},
      {"query = \"select ? + 1\"\nargs = toset([41])", "value", "42"},
      {"query = \"select ?\"\nargs = [true]", "value", "1"},
      {"query = \"select 1\"\nargs = \"x\"", "value",
       "data.sql.q: attribute \"args\" must be a list, got: string"},
      {"query = \"select ?\"\nargs = [[\"x\"]]", "value",
       "data.sql.q: attribute \"args\" must be a list of strings, numbers or booleans, got: tuple"},
      {"query = \"select * from nope\"", "value",
       "data.sql.q: executing query: no such table: nope"},
      {"query = \"select null\"", "value", "data.sql.q: unsupported row type: <nil>"},
      {"query = \"select 1, 2\"", "value",
       "data.sql.q: scanning row: sql: expected 2 destination arguments in Scan, not 1"},
      {"query = \"select 1 union all select 'a'\"", "value",
       "data.sql.q: rows differ in type: number and string"},
      {"query = \"select 1\"\nnope = 1", "value", "data.sql.q: unexpected attributes: [nope]"},
      {"nope = 1", "value",
       "data.sql.q: decoding body: atlas.hcl:1,16-16: Missing required argument; The argument "
       "\"query\" is required, but no definition was found."},
  };
  for (const Case& c : cases) {
    TestHost host;
    driver::sqlite::register_sqlite(host.drivers);
    EXPECT_EQ(x_value(host,
                      std::string("data \"sql\" \"q\" {\nurl = \"sqlite://file?mode=memory\"\n") +
                          c.body + "\n}",
                      std::string("data.sql.q.") + c.result),
              c.want)
        << c.body;
  }
}

TEST(DataSql, KnowsDeclaredTypes) {
  TestHost host;
  driver::sqlite::register_sqlite(host.drivers);
  const auto made = host.drivers.open("sqlite://" + host.path("x.db"));
  ASSERT_TRUE(made.has_value());
  ASSERT_TRUE(made.value()->execute("create table f (f boolean, d datetime)").has_value());
  ASSERT_TRUE(made.value()
                  ->execute("insert into f values (1, '2020-01-01'), (0, '2020-01-01')")
                  .has_value());
  const std::string blocks = "data \"sql\" \"q\" {\nurl = \"sqlite://" + host.path("x.db") + "\"\n";
  EXPECT_EQ(x_value(host, blocks + "query = \"select f from f\"\n}", "data.sql.q.values"),
            "[true,false]");
  EXPECT_EQ(x_value(host, blocks + "query = \"select d from f\"\n}", "data.sql.q.values"),
            "data.sql.q: unsupported row type: time.Time");
}

TEST(DataSql, NamesUnknownDrivers) {
  TestHost host;
  EXPECT_EQ(x_value(host, "data \"sql\" \"q\" {\nurl = \"nope://x\"\nquery = \"select 1\"\n}",
                    "data.sql.q.value"),
            "data.sql.q: opening connection: sql/sqlclient: unknown driver \"nope\". See: "
            "https://atlasgo.io/url");
}

TEST(DataTemplateDirectory, RendersFiles) {
  TestHost host;
  host.write("tpl/1.sql",
             "CREATE TABLE {{ .t }}_{{ .n }} (id int);{{ range .l }} -- {{ . }}{{ end }}\n");
  const Result<Project> project = host.load(R"(
data "template_dir" "d" {
  path = "DIR/tpl"
  vars = { t = "users", n = 1000000, l = ["a", "b"], token = "1000000" }
}
env "t" {
  for_each = [1, 2]
  migration { dir = data.template_dir.d.url }
}
)");
  ASSERT_TRUE(project.has_value()) << host.error_of(project);
  const Environment& environment = project.value().environments.at(1);
  const std::string url = environment.migration.dir;
  EXPECT_TRUE(url.ends_with("/tpl/d")) << url;
  const auto directory = environment.directories->find(url.substr(6));
  ASSERT_NE(directory, nullptr);
  EXPECT_EQ(directory->read("1.sql").value(), "CREATE TABLE users_1000000 (id int); -- a -- b\n");
  EXPECT_EQ(environment.template_values.at(url),
            (std::vector<std::string>{"a", "b", "1000000", "users", "1000000"}));
  ASSERT_EQ(project.value().warnings.size(), 1U);
  EXPECT_TRUE(project.value().warnings[0].starts_with(
      "data.template_dir.d: variable \"token\" stands in 1.sql outside a string literal"));
}

TEST(DataTemplateDirectory, TellsWhatIsWrong) {
  struct Case {
    const char* body;
    const char* want;
  };
  const Case cases[] = {
      {"vars = {}",
       "data.template_dir.d: decoding body: atlas.hcl:1,25-25: Missing required argument; The "
       "argument \"path\" is required, but no definition was found."},
      {"path = \"nope\"", "data.template_dir.d: path nope is not a directory"},
      {"path = [\"a\"]",
       "data.template_dir.d: decoding body: atlas.hcl:2,8-9: Unsuitable value type; Unsuitable "
       "value: string required"},
      {"path = \"DIR/tpl\"\nvars = \"x\"",
       "data.template_dir.d: attribute \"vars\" must be a map, got: string"},
      {"path = \"DIR/tpl\"\nvars = { a = { b = 1 } }",
       "data.template_dir.d: attribute \"vars\" must be a map of strings, numbers or booleans, "
       "got: object"},
      {"path = \"DIR/tpl\"\nvars = { a = [{ b = 1 }] }",
       "data.template_dir.d: attribute \"vars\" must be a map of strings, numbers or booleans, "
       "got: tuple"},
      {"path = \"DIR/tpl\"\nvars = { a = nope }",
       "data.template_dir.d: evaluating \"vars\": atlas.hcl:3,14-18: Unknown variable; There is no "
       "variable named \"nope\"."},
      {"path = \"DIR/tpl\"\nnope = 1", "data.template_dir.d: unexpected attributes: [nope]"},
      {"path = \"DIR/tpl\"",
       "data.template_dir.d: executing template: template: 1.sql:1:3: executing \"1.sql\" at <.x>: "
       "map has no entry for key \"x\""},
  };
  for (const Case& c : cases) {
    TestHost host;
    host.write("tpl/1.sql", "{{ .x }}");
    EXPECT_EQ(x_value(host, std::string("data \"template_dir\" \"d\" {\n") + c.body + "\n}",
                      "data.template_dir.d.url"),
              c.want)
        << c.body;
  }
}

TEST(DataSchemaFiles, KeepsPathsForTheEnvironment) {
  TestHost host;
  const Result<Project> project = host.load(R"(
data "hcl_schema" "s" {
  path = "schema.hcl"
  vars = { a = 1 }
}
env "t" { src = data.hcl_schema.s.url }
)");
  ASSERT_TRUE(project.has_value()) << host.error_of(project);
  const Environment& environment = project.value().environments.at(0);
  EXPECT_EQ(environment.src.at(0), "mem://hcl_schema/s");
  EXPECT_EQ(environment.schema_files.at("mem://hcl_schema/s").paths.at(0), "schema.hcl");
  EXPECT_EQ(x_value(host, "data \"hcl_schema\" \"s\" {\n}", "data.hcl_schema.s"),
            "data.hcl_schema.s: path or paths must be set");
}

constexpr const char* kCloud =
    "atlas {\n cloud {\n  token = \"tok\"\n  url = \"http://127.0.0.1:1/q\"\n }\n}\n";

TEST(DataRemoteDirectory, IsReadFromTheRegistry) {
  TestHost host;
  const std::string blocks =
      "data \"remote_dir\" \"r\" {\n name = \"team/app\"\n tag = \"v1\"\n}\n";
  EXPECT_EQ(x_value(host, blocks, "data.remote_dir.r.url"),
            "data.remote_dir.r: missing atlas cloud config");

  const std::string archive = codec::write_tar({codec::ArchiveFile{"1.sql", "SELECT 1;"}});
  host.transport.answers = {"{\"data\":{\"dirState\":{\"content\":\"" +
                            codec::base64_encode(std::as_bytes(std::span(archive))) + "\"}}}"};
  const Result<Project> project = host.load(
      kCloud + blocks +
      "env \"t\" {\n migration {\n  dir = data.remote_dir.r.url\n  report = true\n }\n}\n");
  ASSERT_TRUE(project.has_value()) << host.error_of(project);
  EXPECT_NE(host.transport.bodies.at(0).find(R"("input":{"name":"team/app","tag":"v1"})"),
            std::string::npos);
  const Environment& environment = project.value().environments.at(0);
  EXPECT_EQ(environment.migration.dir, "mem://team/app");
  EXPECT_EQ(environment.remote_directories.at("mem://team/app").slug, "team/app");
  EXPECT_EQ(environment.remote_directories.at("mem://team/app").tag, "v1");
  EXPECT_NE(environment.directories->find("team/app"), nullptr);
}

TEST(DataCloudDatabases, ListsTargetsInStableOrder) {
  TestHost host;
  host.transport.answers = {
      R"({"data":{"databases":{"databases":[{"id":"2","name":"b","currentVersion":"7"},)"
      R"({"id":"1","name":"a","currentVersion":null}],"pageInfo":{"total":2}}}})"};
  const std::string blocks =
      std::string(kCloud) +
      "data \"cloud_databases\" \"d\" {\n repo = \"app\"\n env = \"prod\"\n}\n";
  EXPECT_EQ(x_value(host, blocks,
                    "[for t in data.cloud_databases.d.targets : \"${t.name} "
                    "${t.current_version == null ? \"none\" : t.current_version}\"]"),
            "[\"a none\",\"b 7\"]");
  EXPECT_NE(host.transport.bodies.at(0).find("\"envName\":\"prod\""), std::string::npos);
}

}  // namespace
}  // namespace rhumb::project
