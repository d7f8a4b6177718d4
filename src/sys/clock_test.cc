#include "sys/clock.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

#include "sys/dynamic_library.h"
#include "sys/environment.h"
#include "sys/random.h"
#include "sys/terminal.h"

namespace rhumb::sys {
namespace {

using std::chrono::minutes;
using std::chrono::nanoseconds;

/// Sets TZ for one test.
class ZoneGuard {
 public:
  explicit ZoneGuard(const char* zone) : saved_(SystemEnvironment().get("TZ")) {
    setenv("TZ", zone, 1);
  }
  ~ZoneGuard() {
    if (saved_) {
      setenv("TZ", saved_->c_str(), 1);
    } else {
      unsetenv("TZ");
    }
  }
  ZoneGuard(const ZoneGuard&) = delete;
  ZoneGuard& operator=(const ZoneGuard&) = delete;

 private:
  std::optional<std::string> saved_;
};

TEST(SystemClock, GoesForward) {
  const SystemClock clock;
  const Instant first = clock.now();
  EXPECT_LE(first, clock.now());
  EXPECT_GT(first, Instant{std::chrono::hours(24 * 365 * 50)});
}

TEST(SystemClock, OffsetFollowsTheZoneOfTheProcess) {
  const SystemClock clock;
  const Instant january{std::chrono::seconds(1'704'067'200)};  // 2024-01-01
  const Instant july{std::chrono::seconds(1'719'792'000)};     // 2024-07-01
  {
    const ZoneGuard zone("IST-5:30");
    EXPECT_EQ(clock.local_offset(january), minutes{330});
  }
  {
    const ZoneGuard zone("CET-1CEST,M3.5.0,M10.5.0/3");
    EXPECT_EQ(clock.local_offset(january), minutes{60});
    EXPECT_EQ(clock.local_offset(july), minutes{120});
  }
  const ZoneGuard zone("UTC");
  EXPECT_EQ(clock.local_offset(july), minutes{0});
}

TEST(FakeClock, MovesOnlyWhenTold) {
  FakeClock clock(Instant{nanoseconds{5}}, minutes{60});
  EXPECT_EQ(clock.now(), clock.now());
  clock.advance(nanoseconds{2});
  clock.sleep(nanoseconds{3});
  EXPECT_EQ(clock.now(), Instant{nanoseconds{10}});
  clock.advance_each_call(nanoseconds{1});
  EXPECT_EQ(clock.now(), Instant{nanoseconds{10}});
  EXPECT_EQ(clock.now(), Instant{nanoseconds{11}});
  EXPECT_EQ(clock.local_offset(clock.now()), minutes{60});
}

TEST(Environment, UnsetAndEmptyDiffer) {
  FakeEnvironment environment{{"A", ""}, {"B", "x=y"}};
  EXPECT_EQ(environment.get("A"), "");
  EXPECT_EQ(environment.get("C"), std::nullopt);
  EXPECT_EQ(environment.get_or_empty("C"), "");
  EXPECT_EQ(environment.entries(), (std::vector<std::string>{"A=", "B=x=y"}));
  environment.unset("A");
  EXPECT_EQ(environment.get("A"), std::nullopt);
  EXPECT_EQ(SystemEnvironment().get("RHUMB_NO_SUCH_VARIABLE"), std::nullopt);
  EXPECT_FALSE(SystemEnvironment().entries().empty());
}

TEST(Terminal, ColorsOnlyOnATerminalThatWantsThem) {
  FakeEnvironment environment{{"TERM", "xterm"}};
  EXPECT_TRUE(wants_color(environment, true));
  EXPECT_FALSE(wants_color(environment, false));
  environment.set("NO_COLOR", "");
  EXPECT_TRUE(wants_color(environment, true));
  environment.set("NO_COLOR", "1");
  EXPECT_FALSE(wants_color(environment, true));
  const FakeEnvironment dumb{{"TERM", "dumb"}};
  EXPECT_FALSE(wants_color(dumb, true));
  EXPECT_GT(terminal_width(StandardStream::kOutput), 0U);
}

TEST(Random, DoesNotRepeat) {
  std::set<std::array<std::byte, 16>> seen;
  for (int i = 0; i < 100; ++i) {
    seen.insert(random_bytes<16>());
  }
  EXPECT_EQ(seen.size(), 100U);
}

TEST(DynamicLibrary, LoadsAFunction) {
  const auto library =
      DynamicLibrary::open({.sonames = {"libnone.so.9", "libm.so.6"}, .package = "libc6"});
  ASSERT_TRUE(library.has_value());
  double (*cosine)(double) = nullptr;
  ASSERT_TRUE(library->load("cos", cosine).has_value());
  EXPECT_EQ(cosine(0.0), 1.0);
  const auto missing = library->load("no_such_function", cosine);
  EXPECT_EQ(missing.error().message(), "libm.so.6 is too old: it has no function no_such_function");
}

TEST(DynamicLibrary, MissingOneNamesThePackage) {
  const auto library =
      DynamicLibrary::open({.sonames = {"libnone.so.9", "libnone.so.8"}, .package = "libnone9"});
  ASSERT_FALSE(library.has_value());
  EXPECT_EQ(library.error().code(), ErrorCode::kUnsupported);
  EXPECT_EQ(library.error().message(),
            "libnone.so.9 or libnone.so.8 is not installed; install the package libnone9");
}

}  // namespace
}  // namespace rhumb::sys
