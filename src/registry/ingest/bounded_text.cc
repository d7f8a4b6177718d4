#include "registry/ingest/bounded_text.h"

#include <fmt/format.h>

#include "codec/hex.h"
#include "codec/sha256.h"

namespace rhumb::registry {
namespace {

constexpr size_t kDigestShown = 16;

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

/// The last place up to `at` that is not inside a character.
size_t cut_before(std::string_view text, size_t at) {
  while (at > 0 && is_continuation(text[at])) {
    --at;
  }
  return at;
}

}  // namespace

std::string cut_middle(std::string_view text, size_t bytes_max) {
  if (text.size() <= bytes_max) {
    return std::string(text);
  }
  const size_t head = cut_before(text, bytes_max / 2);
  size_t tail = text.size() - bytes_max / 2;
  while (tail < text.size() && is_continuation(text[tail])) {
    ++tail;
  }
  return fmt::format("{}\n... {} bytes left out ...\n{}", text.substr(0, head), tail - head,
                     text.substr(tail));
}

std::string shorten(std::string_view text, size_t bytes_max) {
  if (text.size() <= bytes_max) {
    return std::string(text);
  }
  const size_t kept = cut_before(text, bytes_max - kDigestShown - 4);
  const std::string digest = codec::hex_encode(codec::sha256(text)).substr(0, kDigestShown);
  return fmt::format("{}...#{}", text.substr(0, kept), digest);
}

}  // namespace rhumb::registry
