#include "codec/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rhumb::codec {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Csv, ReadsOneRecord) {
  EXPECT_THAT(parse_csv_record("").value(), IsEmpty());
  EXPECT_THAT(parse_csv_record("a,b").value(), ElementsAre("a", "b"));
  EXPECT_THAT(parse_csv_record("a,,").value(), ElementsAre("a", "", ""));
  EXPECT_THAT(parse_csv_record(R"("a ""q"", b",c)").value(), ElementsAre("a \"q\", b", "c"));
  EXPECT_THAT(parse_csv_record("\"a\nb\",c").value(), ElementsAre("a\nb", "c"));
}

TEST(Csv, NamesTheColumnOfWhatItRefuses) {
  const auto refusal = [](std::string_view text) {
    const auto fields = parse_csv_record(text);
    return fields.has_value() ? std::string("accepted") : fields.error().message();
  };
  EXPECT_EQ(refusal("\"a"),
            "parse error on line 1, column 3: extraneous or missing \" in quoted-field");
  EXPECT_EQ(refusal("\"a\"b"),
            "parse error on line 1, column 4: extraneous or missing \" in quoted-field");
  EXPECT_EQ(refusal("a\"b"), "parse error on line 1, column 2: bare \" in non-quoted-field");
  EXPECT_EQ(refusal("a,b\nc"), "parse error on line 1, column 4: a record ends with its line");
}

}  // namespace
}  // namespace rhumb::codec
