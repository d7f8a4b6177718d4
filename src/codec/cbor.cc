#include "codec/cbor.h"

#include <algorithm>
#include <limits>

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

 private:
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

/// What stands behind the head of an item of a kind, when that is all there is.
struct Opened {
  uint64_t argument = 0;
  std::string_view rest;
};
std::optional<Opened> open_item(std::string_view item, Major major) {
  Reader reader(item);
  const std::optional<Head> head = reader.read_head();
  if (!head || head->major != major || skip_cbor(item) != std::string_view()) {
    return std::nullopt;
  }
  return Opened{head->argument, reader.rest()};
}

/// The items of a row of whole ones.
std::vector<std::string_view> split_items(std::string_view row) {
  std::vector<std::string_view> out;
  while (!row.empty()) {
    const std::string_view behind = skip_cbor(row).value_or("");
    out.push_back(row.substr(0, row.size() - behind.size()));
    row = behind;
  }
  return out;
}

}  // namespace

std::optional<std::string_view> skip_cbor(std::string_view bytes) {
  Reader reader(bytes);
  return reader.skip_item(1) ? std::optional(reader.rest()) : std::nullopt;
}

std::optional<std::string_view> read_cbor_bytes(std::string_view item) {
  const std::optional<Opened> opened = open_item(item, Major::kBytes);
  return opened ? std::optional(opened->rest) : std::nullopt;
}

std::optional<std::string_view> read_cbor_text(std::string_view item) {
  const std::optional<Opened> opened = open_item(item, Major::kText);
  return opened ? std::optional(opened->rest) : std::nullopt;
}

std::optional<int64_t> read_cbor_integer(std::string_view item) {
  const std::optional<Opened> positive = open_item(item, Major::kUnsigned);
  const std::optional<Opened> negative = open_item(item, Major::kNegative);
  const std::optional<Opened>& opened = positive ? positive : negative;
  if (!opened || opened->argument > std::numeric_limits<int64_t>::max()) {
    return std::nullopt;
  }
  const auto number = static_cast<int64_t>(opened->argument);
  return positive ? number : -1 - number;
}

std::optional<std::vector<std::string_view>> read_cbor_array(std::string_view item) {
  const std::optional<Opened> opened = open_item(item, Major::kArray);
  return opened ? std::optional(split_items(opened->rest)) : std::nullopt;
}

std::optional<std::vector<CborMember>> read_cbor_map(std::string_view item) {
  const std::optional<Opened> opened = open_item(item, Major::kMap);
  if (!opened) {
    return std::nullopt;
  }
  const std::vector<std::string_view> items = split_items(opened->rest);
  std::vector<CborMember> members;
  for (size_t i = 0; i + 1 < items.size(); i += 2) {
    const std::optional<std::string_view> name = read_cbor_text(items[i]);
    if (!name || find_cbor(members, *name)) {
      return std::nullopt;
    }
    members.push_back({*name, items[i + 1]});
  }
  return members;
}

std::optional<std::string_view> find_cbor(const std::vector<CborMember>& members,
                                          std::string_view name) {
  const auto found = std::ranges::find(members, name, &CborMember::name);
  return found == members.end() ? std::nullopt : std::optional(found->value);
}

}  // namespace rhumb::codec
