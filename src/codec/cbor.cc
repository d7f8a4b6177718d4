#include "codec/cbor.h"

#include <cstdint>

namespace rhumb::codec {
namespace {

enum class Major : unsigned char {
  kUnsigned,
  kNegative,
  kBytes,
  kText,
  kArray,
  kMap,
  kTag,
  kSimple,
};

/// How an item begins: its kind, and a number that says how much of it there is.
struct Head {
  Major major = Major::kUnsigned;
  uint64_t argument = 0;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  [[nodiscard]] std::string_view rest() const { return rest_; }

  bool skip_item(size_t depth) {
    const std::optional<Head> head = read_head();
    if (!head || depth > kCborDepthMax) {
      return false;
    }
    switch (head->major) {
      case Major::kUnsigned:
      case Major::kNegative:
      case Major::kSimple:
        return true;
      case Major::kBytes:
      case Major::kText:
        return skip_bytes(head->argument);
      case Major::kArray:
        return skip_items(head->argument, 1, depth);
      case Major::kMap:
        return skip_items(head->argument, 2, depth);
      case Major::kTag:
        return skip_items(1, 1, depth);
    }
    return false;
  }

 private:
  std::optional<Head> read_head() {
    constexpr unsigned kArgumentBits = 5;
    constexpr unsigned kOneByte = 24;  // 25: two, 26: four, 27: eight
    constexpr unsigned kEightBytes = 27;
    if (rest_.empty()) {
      return std::nullopt;
    }
    const auto first = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    Head head{static_cast<Major>(first >> kArgumentBits), first & 0x1fU};
    if (head.argument < kOneByte) {
      return head;
    }
    if (head.argument > kEightBytes) {
      return std::nullopt;
    }
    const size_t size = size_t{1} << (head.argument - kOneByte);
    if (rest_.size() < size) {
      return std::nullopt;
    }
    head.argument = 0;
    for (const char byte : rest_.substr(0, size)) {
      head.argument = (head.argument << 8) | static_cast<unsigned char>(byte);
    }
    rest_.remove_prefix(size);
    return head;
  }

  bool skip_bytes(uint64_t size) {
    if (size > rest_.size()) {
      return false;
    }
    rest_.remove_prefix(static_cast<size_t>(size));
    return true;
  }

  /// Each of them has a byte at least.
  bool skip_items(uint64_t count, uint64_t each, size_t depth) {
    if (count > rest_.size()) {
      return false;
    }
    for (uint64_t i = 0; i < count * each; ++i) {
      if (!skip_item(depth + 1)) {
        return false;
      }
    }
    return true;
  }

  std::string_view rest_;
};

}  // namespace

std::optional<std::string_view> skip_cbor(std::string_view bytes) {
  Reader reader(bytes);
  return reader.skip_item(1) ? std::optional(reader.rest()) : std::nullopt;
}

}  // namespace rhumb::codec
