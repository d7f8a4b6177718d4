#include "codec/base64.h"

#include <array>
#include <cstdint>

namespace rhumb::codec {
namespace {

constexpr std::string_view kStandardAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrlAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr uint8_t kNoDigit = 0xFF;

bool is_url(Base64 variant) {
  return variant == Base64::kUrl || variant == Base64::kRawUrl;
}
bool is_padded(Base64 variant) {
  return variant == Base64::kStandard || variant == Base64::kUrl;
}

constexpr std::array<uint8_t, 256> make_digits(std::string_view alphabet) {
  std::array<uint8_t, 256> digits{};
  digits.fill(kNoDigit);
  for (size_t i = 0; i < alphabet.size(); ++i) {
    digits[static_cast<unsigned char>(alphabet[i])] = static_cast<uint8_t>(i);
  }
  return digits;
}
constexpr auto kStandardDigits = make_digits(kStandardAlphabet);
constexpr auto kUrlDigits = make_digits(kUrlAlphabet);

Error illegal_at(size_t offset) {
  return invalid("illegal base64 data at input byte " + std::to_string(offset));
}

bool is_line_break(char c) {
  return c == '\n' || c == '\r';
}

size_t skip_line_breaks(std::string_view text, size_t at) {
  while (at < text.size() && is_line_break(text[at])) {
    ++at;
  }
  return at;
}

/// Checks what follows the first `=` of a group that holds `filled` characters.
Result<void> check_padding(std::string_view text, size_t at, size_t filled) {
  if (filled < 2) {
    return illegal_at(at);
  }
  size_t next = at + 1;
  if (filled == 2) {
    next = skip_line_breaks(text, next);
    if (next == text.size()) {
      return illegal_at(next);
    }
    if (text[next] != '=') {
      return illegal_at(next - 1);
    }
    ++next;
  }
  next = skip_line_breaks(text, next);
  return next == text.size() ? Result<void>() : illegal_at(next);
}

/// Appends the `filled` - 1 bytes of a group whose bits are the low 6 * `filled` of `group`.
void append_group(std::vector<std::byte>& out, uint32_t group, size_t filled) {
  group <<= 6 * (4 - filled);
  for (size_t i = 0; i + 1 < filled; ++i) {
    out.push_back(static_cast<std::byte>(group >> (16 - 8 * i) & 0xFF));
  }
}

}  // namespace

std::string base64_encode(std::span<const std::byte> bytes, Base64 variant) {
  const std::string_view alphabet = is_url(variant) ? kUrlAlphabet : kStandardAlphabet;
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const size_t count = std::min<size_t>(3, bytes.size() - i);
    uint32_t group = 0;
    for (size_t k = 0; k < 3; ++k) {
      group = group << 8 | (k < count ? std::to_integer<uint32_t>(bytes[i + k]) : 0);
    }
    for (size_t k = 0; k < 4; ++k) {
      if (k <= count) {
        out += alphabet[group >> (18 - 6 * k) & 0x3F];
      } else if (is_padded(variant)) {
        out += '=';
      }
    }
  }
  return out;
}

Result<std::vector<std::byte>> base64_decode(std::string_view text, Base64 variant) {
  const auto& digits = is_url(variant) ? kUrlDigits : kStandardDigits;
  std::vector<std::byte> out;
  out.reserve(text.size() / 4 * 3 + 3);
  uint32_t group = 0;
  size_t filled = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (is_line_break(text[i])) {
      continue;
    }
    if (text[i] == '=' && is_padded(variant)) {
      TRY(check_padding(text, i, filled));
      append_group(out, group, filled);
      return out;
    }
    const uint8_t digit = digits[static_cast<unsigned char>(text[i])];
    if (digit == kNoDigit) {
      return illegal_at(i);
    }
    group = group << 6 | digit;
    if (++filled == 4) {
      append_group(out, group, filled);
      group = 0;
      filled = 0;
    }
  }
  if (filled == 1 || (filled != 0 && is_padded(variant))) {
    return illegal_at(text.size() - filled);
  }
  if (filled != 0) {
    append_group(out, group, filled);
  }
  return out;
}

}  // namespace rhumb::codec
