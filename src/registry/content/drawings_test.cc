#include "registry/content/drawings.h"

#include <gtest/gtest.h>

#include "registry/api/test_api.h"

namespace rhumb::registry {
namespace {

constexpr const char* kVisualize =
    "query visualize($input: VisualizeInput!) { visualizeInspect(input: $input) { url } }";

class DrawingsTest : public ApiTest {
 protected:
  static Json schema(const char* hcl, const char* sql = "") {
    return Json::object({{"hcl", hcl}, {"sql", sql}, {"driver", "POSTGRES"}});
  }
  std::string url(const Json& schema) {
    return input(kVisualize, schema).at("visualizeInspect").string_or_empty("url");
  }
};

TEST_F(DrawingsTest, AreKeptOnceAndShown) {
  EXPECT_EQ(url(schema("A")), "https://registry.test/explore/1");
  EXPECT_EQ(url(schema("", "B")), "https://registry.test/explore/2");
  EXPECT_EQ(url(schema("A")), "https://registry.test/explore/1");
  EXPECT_EQ(text(data("{ drawing(id: 1) { id driver hcl sql link createdBy { name } } }")),
            R"j({"drawing":{"id":"1","driver":"POSTGRESQL","hcl":"A","sql":null,)j"
            R"j("link":"https://registry.test/explore/1","createdBy":{"name":"admin"}}})j");
  EXPECT_EQ(text(data("{ drawing(id: 2) { hcl sql } }")),
            R"j({"drawing":{"hcl":null,"sql":"B"}})j");
  EXPECT_EQ(audited(), "drawing.create drawing.create");
}

TEST_F(DrawingsTest, BadInputIsRefused) {
  EXPECT_TRUE(
      input_failure(kVisualize, Json::object({{"hcl", "A"}})).starts_with("INVALID variable"));
  EXPECT_EQ(input_failure(kVisualize, schema("")), "INVALID hcl or sql must hold a schema");
  Json bad = schema("A");
  bad.set("hcl", std::string((8U << 20U) + 1, 'x'));
  EXPECT_EQ(input_failure(kVisualize, bad), "LIMIT hcl: larger than 8 MiB");
  bad = schema("A");
  bad.set("driver", std::string(256, 'x'));
  EXPECT_EQ(input_failure(kVisualize, bad), "INVALID driver must not be longer than 255 bytes");
  EXPECT_EQ(failure("{ drawing(id: 1) { id } }"), "NOT_FOUND drawing not found");
  url(schema("A"));
  leave_organization();
  EXPECT_EQ(failure("{ drawing(id: 1) { id } }"), "NOT_FOUND drawing not found");
  allow_only({"cloud:read"});
  EXPECT_EQ(input_failure(kVisualize, schema("A")),
            "FORBIDDEN permission \"schema:push\" is required");
  EXPECT_EQ(failure("{ drawing(id: 1) { id } }"),
            "FORBIDDEN permission \"schema:read\" is required");
}

}  // namespace
}  // namespace rhumb::registry
