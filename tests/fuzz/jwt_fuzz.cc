// Tokens of identity providers, and their key sets: what strangers send before anything is
// believed.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "registry/identity/jwt.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace rhumb::registry;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  // A token, a line break, a key set.
  const size_t line = text.find('\n');
  const auto token = parse_jwt(text.substr(0, line));
  const auto keys = parse_jwks(line == std::string_view::npos ? text : text.substr(line + 1));
  if (token) {
    RHUMB_CHECK(text.starts_with(token->signed_text), "what is signed is what was sent");
    RHUMB_CHECK(token->claims.is_object(), "claims are an object");
    (void)check_claims(token->claims,
                       {"https://login.test", "registry", 1'700'000'000'000'000'000});
  }
  if (token && keys) {
    (void)is_signed(*token, *keys);
  }
  return 0;
}
