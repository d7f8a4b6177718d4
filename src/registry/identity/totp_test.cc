#include "registry/identity/totp.h"

#include <gtest/gtest.h>

#include <set>

namespace rhumb::registry {
namespace {

constexpr int64_t kSecond = 1'000'000'000;
// The secret of RFC 6238, appendix B; of its eight digits these are the last six.
constexpr std::string_view kSecret = "12345678901234567890";

TEST(Totp, CodesOfTheStandard) {
  struct Case {
    int64_t seconds;
    const char* code;
  };
  const Case cases[] = {{59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
                        {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}};
  for (const Case& c : cases) {
    EXPECT_EQ(totp_code(kSecret, c.seconds / 30), c.code) << c.seconds;
  }
}

TEST(Totp, IsTakenOfNowAndItsNeighbours) {
  const int64_t now = 1111111111 * kSecond;
  const int64_t step = totp_step(now);
  for (int64_t off = -1; off <= 1; ++off) {
    EXPECT_EQ(find_totp_step(kSecret, totp_code(kSecret, step + off), now, 0), step + off);
  }
  EXPECT_FALSE(find_totp_step(kSecret, totp_code(kSecret, step - 2), now, 0));
  EXPECT_FALSE(find_totp_step(kSecret, totp_code(kSecret, step + 2), now, 0));
}

TEST(Totp, IsTakenOnce) {
  const int64_t now = 1111111111 * kSecond;
  const int64_t step = totp_step(now);
  EXPECT_FALSE(find_totp_step(kSecret, totp_code(kSecret, step), now, step));
  EXPECT_FALSE(find_totp_step(kSecret, totp_code(kSecret, step - 1), now, step));
  EXPECT_EQ(find_totp_step(kSecret, totp_code(kSecret, step + 1), now, step), step + 1);
  // Also when the clock was moved back.
  EXPECT_FALSE(find_totp_step(kSecret, totp_code(kSecret, step), now - 30 * kSecond, step));
}

TEST(Totp, OtherTextsAreNoCodes) {
  const int64_t now = 59 * kSecond;
  EXPECT_TRUE(find_totp_step(kSecret, "287082", now, 0));
  EXPECT_TRUE(find_totp_step(kSecret, " 287 082 ", now, 0));
  for (const char* wrong : {"", "287083", "28708", "2870822", "287082x", "+87082", "28708\n"}) {
    EXPECT_FALSE(find_totp_step(kSecret, wrong, now, 0)) << wrong;
  }
}

TEST(Totp, Base32IsThatOfRfc4648) {
  EXPECT_EQ(base32_encode(""), "");
  EXPECT_EQ(base32_encode("f"), "MY");
  EXPECT_EQ(base32_encode("fo"), "MZXQ");
  EXPECT_EQ(base32_encode("foo"), "MZXW6");
  EXPECT_EQ(base32_encode("foob"), "MZXW6YQ");
  EXPECT_EQ(base32_encode("fooba"), "MZXW6YTB");
  EXPECT_EQ(base32_encode("foobar"), "MZXW6YTBOI");
  EXPECT_EQ(totp_uri("ann@x.io", "foobar"),
            "otpauth://totp/Rhumb:ann@x.io?secret=MZXW6YTBOI&issuer=Rhumb");
}

TEST(Totp, SecretsAndRecoveryCodesDiffer) {
  std::set<std::string> seen;
  for (int i = 0; i < 20; ++i) {
    seen.insert(make_totp_secret());
    for (const std::string& code : make_recovery_codes()) {
      EXPECT_EQ(code.size(), 19U) << code;
      seen.insert(normal_recovery_code(code));
    }
  }
  EXPECT_EQ(seen.size(), 20 + 20 * kRecoveryCodes);
  EXPECT_EQ(normal_recovery_code("abcd-EFGH ijkl-2345"), "ABCDEFGHIJKL2345");
}

}  // namespace
}  // namespace rhumb::registry
