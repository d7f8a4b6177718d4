#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace rhumb::codec {

/// The deepest nesting of arrays and objects that parse_json accepts.
inline constexpr size_t kJsonDepthMax = 1000;

/// A JSON value: null, bool, number, string, array, or object with its members in order.
///
/// Shape: an object keeps the order of insertion and never holds a key twice. A number is an
/// int64, a uint64 (only above the int64 range), a double, or, when none of them has exactly the
/// value that was written, its text (`raw_number`).
class Json {
 public:
  struct Member;
  using Array = std::vector<Json>;
  using Object = std::vector<Member>;
  enum class Kind { kNull, kBool, kInt, kUint, kDouble, kNumberText, kString, kArray, kObject };

  // Implicit on purpose: builders read `{{"count", 1}, {"name", name}}`.
  Json();
  // NOLINTBEGIN(google-explicit-constructor)
  Json(std::nullptr_t);
  template <std::same_as<bool> Bool>
  Json(Bool value) : state_(value) {}
  template <std::signed_integral Int>
    requires(!std::same_as<Int, char>)
  Json(Int value) : Json(from_signed(static_cast<int64_t>(value))) {}
  template <std::unsigned_integral Uint>
    requires(!std::same_as<Uint, bool> && !std::same_as<Uint, char>)
  Json(Uint value) : Json(from_unsigned(static_cast<uint64_t>(value))) {}
  Json(double value);
  Json(const char* value);
  Json(std::string_view value);
  Json(std::string value);
  // NOLINTEND(google-explicit-constructor)
  Json(const Json& other);
  Json(Json&& other) noexcept;
  Json& operator=(const Json& other);
  Json& operator=(Json&& other) noexcept;
  ~Json();

  [[nodiscard]] static Json array(std::initializer_list<Json> elements = {});
  [[nodiscard]] static Json array_of(std::vector<Json> elements);
  /// An object; of a key given twice the last value wins.
  [[nodiscard]] static Json object(std::initializer_list<Member> members = {});
  [[nodiscard]] static Json object_of(std::vector<Member> members);
  /// A number kept as text. `text` must follow the JSON grammar of numbers.
  [[nodiscard]] static Json raw_number(std::string text);

  [[nodiscard]] Kind kind() const;
  [[nodiscard]] bool is_null() const { return kind() == Kind::kNull; }
  [[nodiscard]] bool is_bool() const { return kind() == Kind::kBool; }
  [[nodiscard]] bool is_string() const { return kind() == Kind::kString; }
  [[nodiscard]] bool is_array() const { return kind() == Kind::kArray; }
  [[nodiscard]] bool is_object() const { return kind() == Kind::kObject; }
  [[nodiscard]] bool is_number() const;

  /// The value of the named kind, which it must be; `find_x` below asks first.
  [[nodiscard]] bool as_bool() const;
  [[nodiscard]] const std::string& as_string() const;
  [[nodiscard]] const Array& as_array() const;
  [[nodiscard]] Array& as_array();
  [[nodiscard]] const Object& as_object() const;
  [[nodiscard]] Object& as_object();
  /// An integer in range, also when written as `1.0` or `1e2`; nothing for anything else.
  [[nodiscard]] std::optional<int64_t> to_int() const;
  [[nodiscard]] std::optional<uint64_t> to_uint() const;
  /// Any number as the nearest double (infinite when out of range); nothing for anything else.
  [[nodiscard]] std::optional<double> to_double() const;
  /// A number as it is printed, with every digit it was read with; nothing for anything else.
  [[nodiscard]] std::optional<std::string> number_text() const;

  /// How many elements or members; 0 for anything else.
  [[nodiscard]] size_t size() const;
  [[nodiscard]] bool empty() const { return size() == 0; }

  /// The member named `key`; null when there is none or this is no object.
  [[nodiscard]] const Json* find(std::string_view key) const;
  [[nodiscard]] Json* find(std::string_view key);
  [[nodiscard]] bool contains(std::string_view key) const { return find(key) != nullptr; }
  /// As find, for members that must exist.
  [[nodiscard]] const Json& at(std::string_view key) const;
  [[nodiscard]] const Json& at(size_t index) const;
  /// The member named `key`, or null when it is absent or of another kind.
  [[nodiscard]] const Array* find_array(std::string_view key) const;
  [[nodiscard]] const Json* find_object(std::string_view key) const;
  [[nodiscard]] std::optional<std::string_view> find_string(std::string_view key) const;
  [[nodiscard]] std::optional<int64_t> find_int(std::string_view key) const;
  [[nodiscard]] std::optional<bool> find_bool(std::string_view key) const;
  /// The string member named `key`, or "".
  [[nodiscard]] std::string string_or_empty(std::string_view key) const;

  /// Replaces the member where it stands, or adds it at the end. Null becomes an object first.
  Json& set(std::string_view key, Json value);
  /// As set, unless `value` is what Go's omitempty leaves out: null, false, 0, "", [] or {}.
  Json& set_unless_empty(std::string_view key, Json value);
  /// Removes the member; the others keep their order. False when there was none.
  bool erase(std::string_view key);
  /// Adds an element at the end. Null becomes an array first.
  Json& push_back(Json value);

  /// Equal kinds and values; members in any order.
  friend bool operator==(const Json& a, const Json& b);

 private:
  struct NumberText {
    std::string text;
    bool operator==(const NumberText&) const = default;
  };
  using State = std::variant<std::monostate,
                             bool,
                             int64_t,
                             uint64_t,
                             double,
                             NumberText,
                             std::string,
                             Array,
                             Object>;

  static Json from_signed(int64_t value);
  static Json from_unsigned(uint64_t value);
  explicit Json(State state);

  State state_;
};

struct Json::Member {
  std::string key;
  Json value;
};

/// Reads exactly one JSON text (RFC 8259, strict: no comments, no trailing commas, UTF-8 only).
///
/// Shape: of a key written twice the last value wins, at the place of the first.
/// Errors: kInvalid `invalid JSON at 2:5: ...`; kLimit when nested deeper than kJsonDepthMax. The
/// span's file name is empty, its begin is where reading stopped.
[[nodiscard]] Result<Json> parse_json(std::string_view text);

struct JsonFormat {
  std::string_view prefix = "";  ///< before every line but the first
  std::string_view indent = "";  ///< once for each level; with it empty all stands on one line
  bool escape_html = true;       ///< `<`, `>` and `&` as \u003c, \u003e and \u0026
  bool sort_keys = false;        ///< members in byte order of their keys, as Go prints maps
};

/// Prints as Go's encoding/json: no blanks, no final newline; with `indent` or `prefix` as
/// json.MarshalIndent. NaN and infinities, which JSON lacks, print as null.
/// Source: spec cli-migrate.md 5.
[[nodiscard]] std::string format_json(const Json& value, const JsonFormat& format = {});
/// One string as format_json prints it, with its quotes.
[[nodiscard]] std::string format_json_string(std::string_view text, bool escape_html = true);

}  // namespace rhumb::codec
