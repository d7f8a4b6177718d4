#pragma once

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "codec/base64.h"
#include "codec/hex.h"
#include "codec/tar.h"
#include "registry/api/api.h"
#include "registry/api/request_context.h"
#include "registry/test_registry.h"

namespace rhumb::registry {

struct AuditedMutations {
  std::set<std::string> succeeded;
  std::set<std::string> refused;
};

/// The API over a fresh registry, without HTTP; for tests only.
class ApiTest : public testing::Test {
 protected:
  using Json = codec::Json;

  ApiTest() {
    static const Result<graphql::Engine> engine = make_api();
    RHUMB_CHECK(engine.has_value(), engine ? "" : engine.error().message().c_str());
    engine_ = &engine.value();
  }

  graphql::Response execute(const std::string& query, Json variables = Json()) {
    RequestContext context(*registry_, registry_.caller());
    graphql::Request request;
    request.query = query;
    request.variables = std::move(variables);
    if (query.find("mutation") == std::string::npos) {
      return engine_->execute(request, context);
    }
    const int64_t before = registry_.scalar("SELECT max(seq) FROM audit").number();
    graphql::Response response = engine_->execute(request, context);
    note_audited(response, before);
    return response;
  }
  /// The data of an answer without errors.
  Json data(const std::string& query, Json variables = Json()) {
    graphql::Response response = execute(query, std::move(variables));
    EXPECT_TRUE(response.ok()) << query << ": "
                               << (response.ok() ? "" : response.errors[0].error.message());
    return response.data;
  }
  Json input(const std::string& document, Json value) {
    return data(document, Json::object({{"input", std::move(value)}}));
  }
  /// `CODE message` of the first error.
  std::string failure(const std::string& query, Json variables = Json()) {
    graphql::Response response = execute(query, std::move(variables));
    if (response.ok()) {
      return "";
    }
    const Error& error = response.errors[0].error;
    return std::string(graphql::extension_code(error.code())) + " " + error.message();
  }
  std::string input_failure(const std::string& document, Json value) {
    return failure(document, Json::object({{"input", std::move(value)}}));
  }
  static std::string text(const Json& json) { return codec::format_json(json); }
  static std::string tar(const std::vector<std::pair<std::string, std::string>>& files) {
    return codec::base64_encode(codec::as_bytes(codec::write_tar(TestRegistry::directory(files))));
  }

  /// Each of `members` missing and of another kind is refused by the schema, and writes nothing.
  void expect_checked(const std::string& document,
                      const Json& good,
                      const std::vector<std::string>& members) {
    for (const std::string& member : members) {
      Json without = good;
      without.erase(member);
      EXPECT_TRUE(input_failure(document, without).starts_with("INVALID variable")) << member;
      Json wrong = good;
      wrong.set(member, Json::array({Json::object()}));
      EXPECT_TRUE(input_failure(document, wrong).starts_with("INVALID variable")) << member;
    }
  }
  /// Actions of the audit log, oldest first, behind those of the set-up.
  std::string audited() {
    std::string out;
    const Result<Rows> rows = read_value<Rows>(*registry_.store(), [](Session& session) {
      return session.query("SELECT action FROM audit WHERE seq > 3 ORDER BY seq");
    });
    for (const Row& row : *rows) {
      out += (out.empty() ? "" : " ") + row[0].text();
    }
    return out;
  }
  /// From now on the caller is of another organization, with every right in it.
  void leave_organization() { registry_.caller().org_id = 2; }
  /// From now on the caller may do only this.
  void allow_only(std::vector<std::string> scopes) {
    registry_.caller().rights = Rights{std::move(scopes), {}};
  }

  /// Which mutations were seen to succeed, and to be refused, with an entry of the audit log.
  static AuditedMutations& audited_mutations() {
    static AuditedMutations seen;
    return seen;
  }

 private:
  void note_audited(const graphql::Response& response, int64_t before) {
    const Result<Rows> rows = read_value<Rows>(*registry_.store(), [before](Session& session) {
      return session.query(
          "SELECT action, object FROM audit WHERE seq > ? AND ip <> '' AND user_agent <> '' AND "
          "request_id <> ''",
          {before});
    });
    for (const Row& row : *rows) {
      constexpr std::string_view kOperation = "operation/";
      if (row[0].text() == "request.refused" && row[1].text().starts_with(kOperation)) {
        audited_mutations().refused.insert(row[1].text().substr(kOperation.size()));
      }
    }
    if (response.ok() && !rows->empty() && response.data.is_object()) {
      for (const Json::Member& field : response.data.as_object()) {
        audited_mutations().succeeded.insert(field.key);
      }
    }
  }

 protected:
  TestRegistry registry_;
  const graphql::Engine* engine_ = nullptr;
};

}  // namespace rhumb::registry
