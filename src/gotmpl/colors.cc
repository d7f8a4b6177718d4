#include "gotmpl/colors.h"

namespace rhumb::gotmpl {
namespace {

struct Codes {
  const char* begin;
  const char* end;
};

Codes codes_of(Color color) {
  switch (color) {
    case Color::kCyan:
      return {"\x1b[36m", "\x1b[0m"};
    case Color::kYellow:
      return {"\x1b[33m", "\x1b[0m"};
    case Color::kGreen:
      return {"\x1b[92m", "\x1b[0m"};
    case Color::kRed:
      return {"\x1b[91m", "\x1b[0m"};
    case Color::kRedBackground:
      return {"\x1b[97;101m", "\x1b[0;0m"};
    case Color::kUnderline:
      return {"\x1b[4;90m", "\x1b[24;0m"};
    case Color::kGray:
      return {"\x1b[0;90m", "\x1b[0;0m"};
  }
  return {"", ""};
}

}  // namespace

std::string colored(std::string_view text, Color color, bool enabled) {
  if (!enabled) {
    return std::string(text);
  }
  const Codes codes = codes_of(color);
  return codes.begin + std::string(text) + codes.end;
}

}  // namespace rhumb::gotmpl
