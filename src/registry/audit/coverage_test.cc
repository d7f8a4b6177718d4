// Every mutation of the API leaves an entry of the audit log, whether it is carried out or refused.
// Both lists are made from the schema: a mutation that is added has to have its entries, too.

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "registry/api/test_api.h"
#include "registry/content/down_plans.h"

namespace rhumb::registry {
namespace {

using codec::Json;

// They ask a question, and change nothing.
const std::set<std::string> kQuestions = {"validateToken", "reportGitHubCLI"};

constexpr const char* kTypes =
    "{ __schema { mutationType { fields { name type { ...T } args { name defaultValue type { ...T "
    "} "
    "} } } types { name kind enumValues { name } inputFields { name defaultValue type { ...T } } } "
    "} "
    "} fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } "
    "} "
    "} }";

/// Makes a document that asks for a field with the least that the schema accepts.
class DocumentMaker {
 public:
  explicit DocumentMaker(const Json& schema) : schema_(schema) {}

  std::string make(const Json& field) {
    const std::string arguments = members(field.at("args"));
    std::string text = "mutation { " + field.at("name").as_string();
    text += arguments.empty() ? "" : "(" + arguments + ")";
    return text + (is_object(field.at("type")) ? " { __typename } }" : " }");
  }

 private:
  static const Json& named(const Json& type) {
    return type.at("name").is_null() ? named(type.at("ofType")) : type;
  }
  static bool is_object(const Json& type) { return named(type).at("kind").as_string() == "OBJECT"; }

  std::string members(const Json& fields) {
    std::string text;
    for (const Json& field : fields.as_array()) {
      if (field.at("type").at("kind").as_string() == "NON_NULL" &&
          field.at("defaultValue").is_null()) {
        text += (text.empty() ? "" : ", ") + field.at("name").as_string() + ": " +
                value(field.at("type").at("ofType"));
      }
    }
    return text;
  }

  std::string value(const Json& type) {
    const std::string kind = type.at("kind").as_string();
    if (kind == "NON_NULL") {
      return value(type.at("ofType"));
    }
    if (kind == "LIST") {
      return "[" + value(type.at("ofType")) + "]";
    }
    const std::string name = type.at("name").as_string();
    if (kind == "SCALAR") {
      return name == "Int" || name == "Float" ? "1"
             : name == "Boolean"              ? "true"
             : name == "Time"                 ? "\"2026-01-01T00:00:00Z\""
             : name == "Bytes"                ? "\"\""
                                              : "\"1\"";
    }
    for (const Json& known : schema_.at("types").as_array()) {
      if (known.at("name").as_string() == name) {
        return kind == "ENUM" ? known.at("enumValues").at(0).at("name").as_string()
                              : "{" + members(known.at("inputFields")) + "}";
      }
    }
    return "null";
  }

  const Json& schema_;
};

class AuditCoverageTest : public ApiTest {
 protected:
  AuditCoverageTest() : schema_(data(kTypes).at("__schema")) {}

  [[nodiscard]] const Json& mutations() const { return schema_.at("mutationType").at("fields"); }

  const Json schema_;
};

TEST_F(AuditCoverageTest, EveryRefusedMutationLeavesAnEntry) {
  allow_only({});
  DocumentMaker maker(schema_);
  for (const Json& field : mutations().as_array()) {
    const std::string name = field.at("name").as_string();
    const std::string document = maker.make(field);
    audited_mutations().refused.erase(name);
    const std::string refusal = failure(document);
    EXPECT_FALSE(refusal.starts_with("INVALID variable")) << document << ": " << refusal;
    if (kQuestions.contains(name)) {
      EXPECT_EQ(refusal, "") << document;
      continue;
    }
    EXPECT_NE(refusal, "") << document << " is allowed to whoever may do nothing";
    EXPECT_TRUE(audited_mutations().refused.contains(name)) << document << ": " << refusal;
  }
}

TEST_F(AuditCoverageTest, MutationsThatOtherTestsCallByTheirFunctions) {
  const std::string dir = tar({{"1_x.sql", "SELECT 1;\n"}});
  input("mutation m($input: SyncDirInput!) { syncDir(input: $input) { url } }",
        Json::object({{"slug", "app"}, {"driver", "SQLITE"}, {"dir", dir}}));
  input("mutation m($input: UploadDirInput!) { uploadDir(input: $input) { success } }",
        Json::object({{"repo", "old"},
                      {"branch", "b"},
                      {"commit", "c"},
                      {"path", "p"},
                      {"url", "https://x"},
                      {"projectName", "default"},
                      {"driver", "SQLITE"},
                      {"dir", dir}}));
  input("mutation m($input: ReportDirInput!) { reportDir(input: $input) { success } }",
        Json::object({{"repo", "older"},
                      {"branch", "b"},
                      {"commit", "c"},
                      {"path", "p"},
                      {"url", "https://x"},
                      {"driver", "SQLITE"},
                      {"dir", dir}}));
  input("mutation m($input: BeginMigrationSetInput!) { beginMigrationSet(input: $input) { url } }",
        Json::object({{"id", "set-1"},
                      {"planned", 2},
                      {"startTime", "2026-01-01T00:00:00Z"},
                      {"envName", "prod"},
                      {"dirName", "app"}}));
  data("mutation { updateEnvironment(input: {name: \"prod\", protected: true}) { name } }");
  data(
      "mutation { setPromotionPolicy(input: {repo: \"app\", stages: [{name: \"s\", envs: "
      "[\"prod\"], approvals: 1}]}) { id } }");
  ASSERT_TRUE(registry_.store()->write(
      [](Session& session) { return session.run("UPDATE repos SET protect_down = 1"); }));
  ASSERT_TRUE(registry_.ingest(registry_.report("a", "", "1")));
  const Result<DownPlan> made =
      request_plan(*registry_, registry_.caller(), TestRegistry::revert_plan("1", ""));
  ASSERT_TRUE(made) << made.error().message();
  registry_.caller().origin.actor = Actor{"BOT", 2, "somebody else"};
  data(
      "mutation { approveVersion(input: {repo: \"app\", stage: \"s\", version: \"1\"}) { approvals "
      "} "
      "}");
  data("mutation { abortMigratePlan(input: {id: 1}) { status } }");
  data("mutation { deletePromotionPolicy(id: 1) { success } }");
}

/// After all other tests: what they carried out.
class SuccessCheck : public testing::Environment {
 public:
  void TearDown() override {
    const bool is_part =
        testing::GTEST_FLAG(filter) != "*" || testing::UnitTest::GetInstance()->Failed();
    if (is_part) {
      return;
    }
    for (const std::string& name : Seen::unseen()) {
      ADD_FAILURE() << "no test carries out the mutation " << name
                    << " so that it leaves an entry of the audit log";
    }
  }

 private:
  class Seen : public AuditCoverageTest {
   public:
    static std::set<std::string> unseen() {
      Seen seen;
      std::set<std::string> names;
      for (const Json& field : seen.mutations().as_array()) {
        const std::string name = field.at("name").as_string();
        if (!kQuestions.contains(name) && !audited_mutations().succeeded.contains(name)) {
          names.insert(name);
        }
      }
      return names;
    }
    void TestBody() override {}
  };
};

const testing::Environment* const kSuccessCheck =
    testing::AddGlobalTestEnvironment(new SuccessCheck);  // owned by GoogleTest

}  // namespace
}  // namespace rhumb::registry
