#include "base/utf8.h"

#include <array>
#include <cstdint>

namespace rhumb {
namespace {

constexpr char32_t kReplacement = 0xFFFD;
constexpr DecodedRune kInvalidByte = {.rune = kReplacement, .size = 1, .valid = false};

struct LeadByte {
  size_t size;
  char32_t bits;
  char32_t rune_min;
};

LeadByte classify(unsigned char byte) {
  if (byte >= 0xC2 && byte <= 0xDF) {
    return {.size = 2, .bits = static_cast<char32_t>(byte & 0x1F), .rune_min = 0x80};
  }
  if (byte >= 0xE0 && byte <= 0xEF) {
    return {.size = 3, .bits = static_cast<char32_t>(byte & 0x0F), .rune_min = 0x800};
  }
  if (byte >= 0xF0 && byte <= 0xF4) {
    return {.size = 4, .bits = static_cast<char32_t>(byte & 0x07), .rune_min = 0x10000};
  }
  return {.size = 0, .bits = 0, .rune_min = 0};
}

}  // namespace

DecodedRune decode_rune(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) {
    return {.rune = first, .size = 1, .valid = true};
  }
  const LeadByte lead = classify(first);
  if (lead.size == 0 || text.size() < lead.size) {
    return kInvalidByte;
  }
  char32_t rune = lead.bits;
  for (size_t i = 1; i < lead.size; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xC0) != 0x80) {
      return kInvalidByte;
    }
    rune = (rune << 6) | (byte & 0x3FU);
  }
  const bool surrogate = rune >= 0xD800 && rune <= 0xDFFF;
  if (rune < lead.rune_min || rune > 0x10FFFF || surrogate) {
    return kInvalidByte;
  }
  return {.rune = rune, .size = lead.size, .valid = true};
}

void append_rune(std::string& out, char32_t rune) {
  if (rune > 0x10FFFF || (rune >= 0xD800 && rune <= 0xDFFF)) {
    rune = kReplacement;
  }
  const auto tail = [&](unsigned shift) {
    out += static_cast<char>(0x80 | ((rune >> shift) & 0x3F));
  };
  if (rune < 0x80) {
    out += static_cast<char>(rune);
  } else if (rune < 0x800) {
    out += static_cast<char>(0xC0 | (rune >> 6));
    tail(0);
  } else if (rune < 0x10000) {
    out += static_cast<char>(0xE0 | (rune >> 12));
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xF0 | (rune >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

bool is_valid_utf8(std::string_view text) {
  while (!text.empty()) {
    const DecodedRune next = decode_rune(text);
    if (!next.valid) {
      return false;
    }
    text.remove_prefix(next.size);
  }
  return true;
}

size_t count_runes(std::string_view text) {
  size_t count = 0;
  for (; !text.empty(); ++count) {
    text.remove_prefix(decode_rune(text).size);
  }
  return count;
}

size_t rune_start(std::string_view text, size_t at) {
  while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) {
    --at;
  }
  return at;
}

}  // namespace rhumb
