#pragma once

#include <string>
#include <string_view>

namespace rhumb::report {

/// Colours of the default reports; all of them plain when `enabled` is false.
/// Source: spec templates.md 1.
struct Style {
  bool enabled = false;

  [[nodiscard]] std::string cyan(std::string_view text) const { return wrap("36", "0", text); }
  [[nodiscard]] std::string yellow(std::string_view text) const { return wrap("33", "0", text); }
  [[nodiscard]] std::string green(std::string_view text) const { return wrap("92", "0", text); }
  [[nodiscard]] std::string red(std::string_view text) const { return wrap("91", "0", text); }
  [[nodiscard]] std::string alarm(std::string_view text) const {
    return wrap("97;101", "0;0", text);
  }

 private:
  [[nodiscard]] std::string wrap(std::string_view on,
                                 std::string_view off,
                                 std::string_view text) const {
    if (!enabled) {
      return std::string(text);
    }
    return "\x1b[" + std::string(on) + "m" + std::string(text) + "\x1b[" + std::string(off) + "m";
  }
};

}  // namespace rhumb::report
