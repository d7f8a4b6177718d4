#pragma once

#include <complex>
#include <cstdint>
#include <string>
#include <string_view>

namespace rhumb::gotmpl {

/// The flags, width and precision of one printf directive.
struct VerbFlags {
  bool minus = false;
  bool plus = false;
  bool sharp = false;
  bool space = false;
  bool zero = false;
  bool plus_v = false;   ///< `%+v`
  bool sharp_v = false;  ///< `%#v`
  bool has_width = false;
  bool has_precision = false;
  int width = 0;
  int precision = 0;
};

/// Scalars in the form a directive asks for, padded to its width. Verbs that do not fit the kind
/// of the value are the caller's business.
class VerbFormat {
 public:
  explicit VerbFormat(const VerbFlags& flags) : flags_(flags) {}

  /// `text` padded to the width, counted in characters.
  [[nodiscard]] std::string pad(std::string_view text) const;
  /// An integer to `base` 2, 8, 10 or 16; `verb` X wants capitals, O the prefix `0o`.
  [[nodiscard]] std::string integer(uint64_t bits,
                                    bool is_signed,
                                    unsigned base,
                                    char32_t verb) const;
  [[nodiscard]] std::string character(uint64_t bits) const;
  [[nodiscard]] std::string quoted_character(uint64_t bits) const;
  /// `U+00E9`, with the sharp flag `U+00E9 'é'`.
  [[nodiscard]] std::string code_point(uint64_t bits) const;
  /// `verb` is one of b e E f F g G x X; `precision` -1 is the shortest that reads back.
  [[nodiscard]] std::string real(double value, char verb, int precision) const;
  [[nodiscard]] std::string complex(std::complex<double> value, char verb, int precision) const;
  [[nodiscard]] std::string text(std::string_view value) const;
  [[nodiscard]] std::string quoted(std::string_view value) const;
  [[nodiscard]] std::string hex(std::string_view value, bool capitals) const;

 private:
  [[nodiscard]] std::string pad_with(std::string_view text, bool zeros) const;
  /// How many digits an integer is filled up to with zeros.
  [[nodiscard]] int integer_digits_min(bool with_sign) const;
  [[nodiscard]] std::string_view cut_to_precision(std::string_view text) const;

  VerbFlags flags_;
};

}  // namespace rhumb::gotmpl
