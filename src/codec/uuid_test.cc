#include "codec/uuid.h"

#include <gtest/gtest.h>

#include <set>

namespace rhumb::codec {
namespace {

TEST(Uuid, ParsesAndPrints) {
  const Uuid id = Uuid::parse("017F22E2-79B0-7CC3-98C4-DC0C0C07398F").value();
  EXPECT_EQ(id.to_string(), "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
  EXPECT_EQ(id.version(), 7);
  EXPECT_EQ(Uuid().to_string(), "00000000-0000-0000-0000-000000000000");
  EXPECT_TRUE(Uuid().is_nil());
  EXPECT_FALSE(id.is_nil());
}

TEST(Uuid, RefusesOtherForms) {
  for (const std::string_view text :
       {"", "017f22e279b07cc398c4dc0c0c07398f", "017f22e2-79b0-7cc3-98c4-dc0c0c07398",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398ff", "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
        "017f22e2079b0-7cc3-98c4-dc0c0c07398f", "{17f22e2-79b0-7cc3-98c4-dc0c0c07398}"}) {
    EXPECT_FALSE(Uuid::parse(text).has_value()) << text;
  }
  EXPECT_EQ(Uuid::parse("x").error().message(), "invalid UUID \"x\"");
}

TEST(Uuid, RandomOnesDiffer) {
  std::set<Uuid> seen;
  for (int i = 0; i < 100; ++i) {
    const Uuid id = Uuid::random();
    EXPECT_EQ(id.version(), 4);
    EXPECT_EQ(id.bytes()[8] & std::byte{0xC0}, std::byte{0x80});
    seen.insert(id);
  }
  EXPECT_EQ(seen.size(), 100U);
}

TEST(Uuid, VersionSevenHoldsTheTime) {
  // RFC 9562 appendix A.6: 2022-02-22 14:22:22.000 -05:00 is 0x017F22E279B0 milliseconds.
  const sys::Instant time{std::chrono::milliseconds(0x017F22E279B0)};
  EXPECT_EQ(Uuid::at_time(time).to_string().substr(0, 18), "017f22e2-79b0-7000");
  EXPECT_EQ(Uuid::at_time(time + std::chrono::microseconds(500)).to_string().substr(0, 18),
            "017f22e2-79b0-7800");
}

TEST(UuidGenerator, RisesWhenTheClockDoesNot) {
  sys::FakeClock clock;
  UuidGenerator generator(clock);
  Uuid last = generator.next();
  for (int i = 0; i < 10'000; ++i) {
    const Uuid next = generator.next();
    ASSERT_LT(last, next);
    last = next;
  }
  clock.advance(std::chrono::seconds(-60));
  EXPECT_LT(last, generator.next());
}

TEST(Uuid, NamedIsTheStandardsExample) {
  // RFC 9562, appendix A.4: the name www.example.com in the DNS name space.
  const Uuid dns = Uuid::parse("6ba7b810-9dad-11d1-80b4-00c04fd430c8").value();
  EXPECT_EQ(Uuid::named(dns, "www.example.com").to_string(),
            "2ed6657d-e927-568b-95e1-2665a8aea6a2");
}

}  // namespace
}  // namespace rhumb::codec
