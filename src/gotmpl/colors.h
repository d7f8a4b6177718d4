#pragma once

#include <string>
#include <string_view>

namespace rhumb::gotmpl {

/// The colours of reports. Source: spec templates.md 1.
enum class Color { kCyan, kYellow, kGreen, kRed, kRedBackground, kUnderline, kGray };

/// The text between the codes of a colour; as it is when colours are off.
[[nodiscard]] std::string colored(std::string_view text, Color color, bool enabled);

}  // namespace rhumb::gotmpl
