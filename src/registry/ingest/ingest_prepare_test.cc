#include "registry/ingest/ingest_prepare.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "codec/hex.h"

// Fingerprints are stored, and a client repeats its report to another release of the server: what
// is digested never changes. The expected ones were written by the first release that had them; the
// plain report's is also that of Python's json.dumps with sorted keys.
namespace rhumb::registry {
namespace {

using codec::Json;

/// Members of every run, as JSON without the braces.
constexpr std::string_view kPlainRun =
    R"("projectName":"default","envName":"prod","atlasVersion":"v1",
       "target":{"id":"t","schema":"","url":"sqlite://app.db"},
       "startTime":"2026-11-23T22:56:07Z","endTime":"0001-01-01T00:00:00Z","log":"")";

constexpr std::string_view kVersions = R"("fromVersion":"","toVersion":"2","currentVersion":"2")";

/// Every optional member, with what JSON escapes, what it must, and what it need not.
constexpr std::string_view kFullRun =
    R"("projectName":"p<&>'","envName":"prod/\u2028\u2029","atlasVersion":"v0.1-\"x\"\\",
       "target":{"id":"\u00fc\ud83d\ude00","schema":"main","url":"postgres://u:xxxxx@h/db?a=1&b=2"},
       "startTime":"2026-11-23T22:56:07.804644929Z","endTime":"2026-11-23T23:56:07.5+01:00",
       "error":"line 1\nline 2\ttab\u0001\u007f",
       "files":[
         {"name":"2_b.sql","content":"SELECT '\u00e4' < 1;\r\n","startTime":"1678-01-01T00:00:01Z",
          "endTime":"2261-12-31T23:59:59.000000001Z","skipped":9223372036854775807,"applied":-1,
          "checks":[{"name":"c","start":"2026-11-23T22:56:07.1Z","end":"2026-11-23T22:56:07.12Z",
                     "checks":[{"stmt":"s","error":"e"},{"stmt":"s2","error":""},{"stmt":"s3"}],
                     "error":{"stmt":"s","text":"e"}},
                    {"name":"d","start":"0001-01-01T00:00:00Z","end":"0001-01-01T00:00:00Z",
                     "checks":[]}],
          "error":{"stmt":"DROP TABLE a","text":"no such table: a"},
          "slowest":[{"number":1,"seconds":0.25,"rowsAffected":3,"lockWaitSeconds":0.125},
                     {"number":2,"seconds":1e-7,"rowsAffected":0,"lockWaitSeconds":1e21},
                     {"number":3,"seconds":7,"rowsAffected":2147483647},
                     {"number":4,"seconds":1e999,"rowsAffected":0,"lockWaitSeconds":-0.0}]},
         {"name":"1_a.sql","startTime":"1970-01-01T00:00:00Z","endTime":"1969-12-31T23:59:59.9Z",
          "skipped":0,"applied":0}],
       "log":"done \u00b7 100%","context":{"triggerType":"CLI","triggerVersion":"v9"},"dryRun":true,
       "reportID":"r","dirTag":"t","dirVersion":"2","dirHash":"h1:x=","dirSource":"LOCAL",
       "actor":"ci","runContext":{"repo":"r","path":"p","branch":"main","commit":"c","url":"u",
         "username":"n","userID":"i","scmType":"GITHUB"},
       "masked":{"policy":"ALL","values":1,"statements":2},"provisionalTarget":false,
       "drift":{"status":"FOUND","diff":"- a\n+ b"},"group":"g","permit":"k")";

/// Members that are there and say nothing.
constexpr std::string_view kEmptyMembers =
    R"("error":"","files":[],"context":{"triggerType":""},"dryRun":false,"reportID":"","dirTag":"",
       "runContext":{"repo":"","branch":"b"},"drift":{"status":"NONE"},"provisionalTarget":true)";

std::string object(std::initializer_list<std::string_view> parts) {
  std::string out;
  for (const std::string_view part : parts) {
    out += out.empty() ? "{" : ",";
    out += part;
  }
  return out + "}";
}

std::string set(std::string_view completed) {
  return object({R"("id":"s","planned":2,"startTime":"2026-11-23T22:56:07Z",
                    "endTime":"0001-01-01T00:00:00Z","error":"Error: <x>",
                    "log":[{"text":"t","startTime":"2026-11-23T22:56:07Z",
                            "endTime":"2026-11-23T22:56:08Z","error":true,
                            "log":[{},{"text":"a","children":[{"text":"b"}]}]},
                           {"text":"u","startTime":"2026-11-23T22:56:07Z",
                            "endTime":"0001-01-01T00:00:00Z"}],
                    "context":{"triggerVersion":"v1"})",
                 completed});
}

Json parsed(std::string_view text) {
  Result<Json> json = codec::parse_json(text);
  EXPECT_TRUE(json) << (json ? "" : json.error().message());
  return json ? *std::move(json) : Json();
}

template <typename T>
T must(Result<T> result) {
  EXPECT_TRUE(result) << (result ? "" : result.error().message());
  return result ? *std::move(result) : T{};
}

std::string shown(const Blob& blob) {
  return codec::hex_encode(codec::as_bytes(blob.bytes));
}

std::string of_report(std::string_view text) {
  return shown(
      must(prepare_report(must(registry_api::read_migration_report(parsed(text))))).fingerprint);
}

TEST(Fingerprint, OfReports) {
  EXPECT_EQ(of_report(object({kPlainRun, kVersions, R"("dirName":"app")"})),
            "605176ff6062edd801711a5e3fe6e2d4784694421a071faefe5c22166e22dbd2");
  EXPECT_EQ(of_report(object({kPlainRun, kVersions, R"("dirName":"app")", kEmptyMembers})),
            "7508ce2f436e0db3ae00f87e101a43a29130d21979ac77f0bc5bb90d77872cb3");
  EXPECT_EQ(of_report(object({kFullRun, kVersions, R"("dirName":"app")"})),
            "b2f6e7d06a87f82e390af4daa4008c68868ab0fed9e586ddb3b3c149dba06b5e");
}

TEST(Fingerprint, OfReverts) {
  const auto of_revert = [](std::string_view text) {
    return shown(
        must(prepare_revert(must(registry_api::read_revert_report(parsed(text))))).fingerprint);
  };
  EXPECT_EQ(of_revert(object({kPlainRun, kVersions, R"("dirName":"app")"})),
            "605176ff6062edd801711a5e3fe6e2d4784694421a071faefe5c22166e22dbd2");
  EXPECT_EQ(of_revert(object({kFullRun, kVersions, R"("dirName":"app","extID":"plan")"})),
            "73d5a454e61eb37f23151b2a2c0e019e82a5160780e00403a787b39aa037e147");
}

TEST(Fingerprint, OfSchemaApplies) {
  const auto of_schema = [](std::string_view text) {
    return shown(must(prepare_schema_apply(must(registry_api::read_schema_apply(parsed(text)))))
                     .fingerprint);
  };
  EXPECT_EQ(of_schema(object({kPlainRun, R"("schemaSlug":"app")"})),
            "6904f266cda7284258bf0d31f9cd27aaa1e21362524227a5b6fce3b8fe2c6ee6");
  EXPECT_EQ(of_schema(object({kFullRun, kVersions,
                              R"("schemaSlug":"app","fromHash":"f","toHash":"t","planURL":"u")"})),
            "1581fdb534ea49cefbabbd51db22bd0a5234fddba5b07514e436a33f67c375b5");
}

/// A set is what it says itself and what its entries say.
std::string of_set(std::string_view text, std::string_view kind) {
  const Json input = parsed(text);
  const Json::Array* list = input.find_array("completed");
  SetEntries entries(kind, list == nullptr ? 0 : list->size());
  for (size_t i = 0; list != nullptr && i < list->size(); ++i) {
    entries.add((*list)[i]);
  }
  const PreparedSet set = must(prepare_set(must(registry_api::read_migration_set(input)), entries));
  std::string out = shown(set.fingerprint);
  for (const PreparedReport& entry : set.entries) {
    out += ' ' + shown(entry.fingerprint).substr(0, 8);
  }
  return out;
}

TEST(Fingerprint, OfSets) {
  const std::string plain = object({kPlainRun, kVersions, R"("dirName":"app")"});
  const std::string full = object({kFullRun, kVersions, R"("dirName":"app")"});
  EXPECT_EQ(of_set(set(R"("completed":null)"), "APPLY"),
            "55d48a982dda73c45318bb23165f35ca80a74fd15f72fdb257db2eaa079932e1");
  EXPECT_EQ(of_set(set(R"("completed":[)" + plain + "," + full + "]"), "APPLY"),
            "d372b19da0bff8641f09a87c2442d5cda0550f369bebde5b16da38c6c7c14de9 605176ff b2f6e7d0");
}

TEST(Fingerprint, OfSchemaSets) {
  const std::string plain = object({kPlainRun, R"("schemaSlug":"app")"});
  const std::string full = object({kFullRun, kVersions, R"("schemaSlug":"app","toHash":"t")"});
  EXPECT_EQ(of_set(set(R"("completed":[)" + plain + "," + full + "]"), "SCHEMA_APPLY"),
            "e32415e4770449cf76393b5d94ffda6b407ab872337bb2dbcedf609bbc7ad58f 6904f266 0dc3431c");
}

}  // namespace
}  // namespace rhumb::registry
