#include "registry/ingest/bounded_text.h"

#include <fmt/format.h>

#include "base/utf8.h"
#include "codec/hex.h"
#include "codec/sha256.h"

namespace rhumb::registry {
namespace {

constexpr size_t kDigestShown = 16;

}  // namespace

std::string cut_middle(std::string_view text, size_t bytes_max) {
  if (text.size() <= bytes_max) {
    return std::string(text);
  }
  const size_t head = rune_start(text, bytes_max / 2);
  size_t tail = text.size() - bytes_max / 2;
  while (tail < text.size() && rune_start(text, tail) != tail) {
    ++tail;
  }
  return fmt::format("{}\n... {} bytes left out ...\n{}", text.substr(0, head), tail - head,
                     text.substr(tail));
}

std::string shorten(std::string_view text, size_t bytes_max) {
  if (text.size() <= bytes_max) {
    return std::string(text);
  }
  const size_t kept = rune_start(text, bytes_max - kDigestShown - 4);
  const std::string digest = codec::hex_encode(codec::sha256(text)).substr(0, kDigestShown);
  return fmt::format("{}...#{}", text.substr(0, kept), digest);
}

}  // namespace rhumb::registry
