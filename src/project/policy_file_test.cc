#include "project/policy_file.h"

#include <gtest/gtest.h>

namespace rhumb::project {
namespace {

std::string read(const std::string& text) {
  const auto stages = read_policy_file("promotion.hcl", text);
  return stages ? codec::format_json(*stages) : stages.error().message();
}

TEST(PolicyFile, IsReadAsTheRegistryTakesIt) {
  EXPECT_EQ(read(R"(
stage "staging" {
  env = ["staging"]
}
stage "production" {
  env          = ["prod", "prod-*"]
  requires     = ["staging"]
  coverage     = "80%"
  status       = PASSED
  soak         = "24h"
  approvals    = 1
  on_violation = WARN
  freeze {
    from   = "2026-12-20T00:00:00Z"
    until  = "2027-01-02T00:00:00Z"
    reason = "year end"
  }
  freeze {
    weekly = "Fri 16:00 - Mon 08:00 Europe/Berlin"
  }
}
)"),
            R"([{"name":"staging","envs":["staging"]},)"
            R"({"name":"production","envs":["prod","prod-*"],"requires":["staging"],)"
            R"("coverage":"80%","soak":"24h","approvals":1,"onViolation":"WARN","freezes":[)"
            R"({"from":"2026-12-20T00:00:00Z","until":"2027-01-02T00:00:00Z","reason":"year end"},)"
            R"({"weekly":"Fri 16:00 - Mon 08:00 Europe/Berlin"}]}])");
  EXPECT_EQ(
      read("stage \"a\" {\n  env = [\"x\"]\n  coverage = ANY\n  on_violation = \"fail\"\n}\n"),
      R"([{"name":"a","envs":["x"],"coverage":"ANY","onViolation":"FAIL"}])");
  EXPECT_EQ(read("stage \"a\" {\n  env = [\"x\"]\n  coverage = 50\n}\n"),
            R"([{"name":"a","envs":["x"],"coverage":"50"}])");
  EXPECT_EQ(read(""), "[]");
}

TEST(PolicyFile, MistakesAreShownWhereTheyAre) {
  struct Row {
    const char* text;
    const char* error;
  };
  const Row rows[] = {
      {"stage \"a\" {\n", "promotion.hcl:1,11-12: Unclosed configuration block"},
      {"x = 1\n", "promotion.hcl:1,1-2: Unsupported argument; A policy consists of blocks"},
      {"step \"a\" {}\n", "promotion.hcl:1,1-5: Unsupported block type; A policy consists of"},
      {"stage {}\n", "promotion.hcl:1,1-6: Unsupported block type; A policy consists of"},
      {"stage \"a\" {}\n",
       "promotion.hcl:1,11-11: Missing required argument; The argument \"env\""},
      {"stage \"a\" {\n  env = [\"x\"]\n  soaks = \"1h\"\n}\n",
       "promotion.hcl:3,3-8: Unsupported argument; An argument named \"soaks\" is not expected "
       "here. "
       "Did you mean \"soak\"?"},
      {"stage \"a\" {\n  env = [\"x\"]\n  status = FAIL\n}\n",
       "promotion.hcl:3,12-16: Unsuitable value; status can only be PASSED."},
      {"stage \"a\" {\n  env = [\"x\"]\n  approvals = 1.5\n}\n",
       "promotion.hcl:3,15-18: Unsuitable value; approvals must be a whole number."},
      {"stage \"a\" {\n  env = [\"x\"]\n  coverage = MOST\n}\n",
       "promotion.hcl:3,14-18: Unknown variable"},
      {"stage \"a\" {\n  env = [\"x\"]\n  pause {}\n}\n",
       "promotion.hcl:3,3-8: Unsupported block type; Only freeze blocks"},
      {"stage \"a\" {\n  env = [\"x\"]\n  freeze {\n    to = \"y\"\n  }\n}\n",
       "promotion.hcl:4,5-7: Unsupported argument; An argument named \"to\""},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(read(row.text).rfind(row.error, 0), 0U) << row.text << read(row.text);
  }
}

TEST(PolicyFile, WhatIsWrittenIsReadAgain) {
  const std::string text =
      "stage \"staging\" {\n"
      "  env = [\"staging\"]\n"
      "}\n"
      "stage \"production\" {\n"
      "  env          = [\"prod\", \"$${x}\"]\n"
      "  requires     = [\"staging\"]\n"
      "  coverage     = \"80%\"\n"
      "  soak         = \"24h\"\n"
      "  approvals    = 2\n"
      "  on_violation = WARN\n"
      "  freeze {\n"
      "    weekly = \"Fri 16:00 - Mon 08:00 Europe/Berlin\"\n"
      "    reason = \"weekend\"\n"
      "  }\n"
      "}\n";
  const auto stages = read_policy_file("a.hcl", text);
  ASSERT_TRUE(stages) << stages.error().message();
  EXPECT_EQ(format_policy_file(*stages), text);
  // As the registry sends it.
  const auto sent = codec::parse_json(
      R"([{"name":"a","envs":["x"],"requires":["b"],"coverage":"ALL","soak":null,"approvals":0,)"
      R"("onViolation":"FAIL","freezes":[{"from":"f","until":"u","weekly":null,"reason":null}]}])");
  EXPECT_EQ(format_policy_file(*sent),
            "stage \"a\" {\n  env      = [\"x\"]\n  requires = [\"b\"]\n  coverage = ALL\n"
            "  freeze {\n    from  = \"f\"\n    until = \"u\"\n  }\n}\n");
}

}  // namespace
}  // namespace rhumb::project
