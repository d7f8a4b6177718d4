#include "migrate/sum.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "base/text.h"

namespace rhumb::migrate {
namespace {

using Files = std::vector<std::pair<std::string, std::string>>;

Sum sum_of(const Files& files) {
  SumBuilder builder;
  for (const auto& [name, bytes] : files) {
    builder.begin_file(name);
    builder.update(bytes);
    builder.end_file();
  }
  return builder.take();
}

const Files kTwoFiles = {{"1_a.sql", "CREATE TABLE a(id int);\n"},
                         {"2_b.sql", "CREATE TABLE b(id int);\n"}};

// Values from spec migration-directory.md 3.
TEST(Sum, FormatsTheWorkedExample) {
  EXPECT_EQ(format_sum(sum_of(kTwoFiles)),
            "h1:+vQjtuzG9bm7BGjsNkpimWbYSQQ2vBfKDxFY4EMG4BM=\n"
            "1_a.sql h1:RsmPp2hAV7N2XhicPukz51DyZ3VX91vOk1sTCiENUEU=\n"
            "2_b.sql h1:c25lDWBlkQdcIg+911S7H6f1mwckdf11oIxjQhMk7+0=\n");
}

TEST(Sum, FormatsAnEmptyDirectory) {
  EXPECT_EQ(format_sum(Sum{}), "h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n");
}

TEST(Sum, ToleratesLayout) {
  const std::string good = format_sum(sum_of(kTwoFiles));
  struct Case {
    std::string name;
    std::string text;
  };
  const std::vector<Case> cases = {
      {"as written", good},
      {"CR-LF", replace_all(good, "\n", "\r\n")},
      {"no last newline", good.substr(0, good.size() - 1)},
      {"several blanks", replace_all(good, " h1:", "    h1:")},
      {"no blank", replace_all(good, " h1:", "h1:")},
      {"no prefix on the first line", good.substr(3)},
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(test.name);
    const Result<Sum> parsed = parse_sum(test.text);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(*parsed, sum_of(kTwoFiles));
  }
}

TEST(Sum, RefusesWhatIsNoSumFile) {
  const std::string good = format_sum(sum_of(kTwoFiles));
  struct Case {
    std::string name;
    std::string text;
    std::string want;
  };
  const std::vector<Case> cases = {
      {"empty", "", "checksum mismatch"},
      {"only a prefix", "h1:", "checksum mismatch"},
      {"text", "not a sum\n", "checksum mismatch"},
      {"line without hash", good + "3_c.sql\n", "checksum file format invalid"},
      {"empty line", good + "\n", "checksum file format invalid"},
      {"merge conflict", "<<<<<<< HEAD\n" + good, "checksum mismatch"},
      {"entry missing", good.substr(0, good.rfind("2_b")), "checksum mismatch"},
      {"marker in a name", format_sum(sum_of({{"a h1:b.sql", "x"}})), "checksum mismatch"},
      {"long line", good + std::string(65536, 'a') + "h1:x\n", "checksum file format invalid"},
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(test.name);
    const Result<Sum> parsed = parse_sum(test.text);
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().message(), test.want);
  }
}

TEST(Sum, NamesTheFirstDifference) {
  struct Case {
    std::string name;
    Files stored;
    Files actual;
    std::string want;
    size_t offset;
  };
  const std::vector<Case> cases = {
      {"first edited", {{"a", "1"}, {"b", "2"}}, {{"a", "9"}, {"b", "2"}}, "L2: a was edited", 48},
      {"second edited", {{"a", "1"}, {"b", "2"}}, {{"a", "1"}, {"b", "9"}}, "L3: b was edited", 98},
      {"added at the end", {{"a", "1"}}, {{"a", "1"}, {"b", "2"}}, "L3: b was added", 98},
      {"added before", {{"b", "1"}}, {{"a", "1"}, {"b", "1"}}, "L2: a was added", 48},
      {"added to nothing", {}, {{"a", "1"}}, "L2: a was added", 48},
      {"removed", {{"a", "1"}, {"b", "2"}}, {{"b", "2"}}, "L2: a was removed", 48},
      {"last removed", {{"a", "1"}, {"b", "2"}}, {{"a", "1"}}, "L3: b was removed", 98},
      {"all removed", {{"a", "1"}}, {}, "L2: a was removed", 48},
      {"renamed", {{"a", "1"}}, {{"c", "1"}}, "L2: a was removed", 48},
      {"twice in the sum", {{"a", "1"}, {"a", "1"}}, {{"a", "1"}}, "L3: a was removed", 98},
  };
  for (const Case& test : cases) {
    SCOPED_TRACE(test.name);
    const std::string stored = format_sum(sum_of(test.stored));
    const auto problem = check_sum(stored, sum_of(test.actual), true);
    ASSERT_TRUE(problem);
    EXPECT_EQ(problem->detail(), test.want);
    EXPECT_EQ(problem->place->offset, test.offset);
    EXPECT_EQ(problem->to_error().message(), "checksum mismatch");
  }
}

TEST(Sum, NeedsNoFileForAnEmptyDirectory) {
  EXPECT_FALSE(check_sum(std::nullopt, Sum{}, false));
  const auto missing = check_sum(std::nullopt, sum_of(kTwoFiles), true);
  ASSERT_TRUE(missing);
  EXPECT_EQ(missing->to_error().message(), "checksum file not found");
  EXPECT_EQ(missing->detail(), "");
}

TEST(Sum, CanNotValidateNamesThatItsLinesCanNotHold) {
  for (const char* name : {"a h1:b.sql", " a.sql", "a\nb.sql"}) {
    SCOPED_TRACE(name);
    const Sum sum = sum_of({{name, "x"}});
    EXPECT_TRUE(check_sum(format_sum(sum), sum, true));
  }
}

TEST(Sum, WritesTheAdvice) {
  const std::string stored = format_sum(sum_of({{"1.sql", "x"}}));
  const auto problem = check_sum(stored, sum_of({{"1.sql", "x"}, {"2_second.sql", "y"}}), true);
  ASSERT_TRUE(problem);
  EXPECT_EQ(
      sum_advice(*problem, "atlas migrate hash"),
      "You have a checksum error in your migration directory.\n\n\tL3: 2_second.sql was added\n\n"
      "Please check your migration files and run 'atlas migrate hash' to re-hash the contents\n\n");
  EXPECT_EQ(sum_advice({.kind = SumProblem::Kind::kNotFound, .place = std::nullopt}, "x"),
            "You have a checksum error in your migration directory.\n"
            "Please check your migration files and run 'x' to re-hash the contents\n\n");
}

TEST(SumProperty, ParsesWhatItFormatsAndSeesEveryByte) {
  constexpr unsigned kSeed = 20240101;
  SCOPED_TRACE(testing::Message() << "seed " << kSeed);
  std::mt19937 random(kSeed);
  for (int round = 0; round < 200; ++round) {
    Files files;
    const size_t count = 1 + random() % 5;
    for (size_t i = 0; i < count; ++i) {
      std::string bytes(1 + random() % 40, '\0');
      for (char& byte : bytes) {
        byte = static_cast<char>(random());
      }
      files.emplace_back("f" + std::to_string(i) + ".sql", bytes);
    }
    const Sum sum = sum_of(files);
    const std::string text = format_sum(sum);
    const Result<Sum> parsed = parse_sum(text);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(*parsed, sum);

    std::string& victim = files[random() % count].second;
    victim[random() % victim.size()] ^= static_cast<char>(1U << (random() % 8));
    EXPECT_TRUE(check_sum(text, sum_of(files), true));
  }
}

}  // namespace
}  // namespace rhumb::migrate
