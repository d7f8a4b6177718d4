#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "hcl/number.h"
#include "hcl/type.h"

namespace rhumb::hcl {

class Value;
using ValueList = std::vector<Value>;
using ValueMap = std::map<std::string, Value, std::less<>>;

/// Something the language only hands around: a type, a piece of SQL, a reference of a caller's own.
class Capsule {
 public:
  Capsule() = default;
  Capsule(const Capsule&) = delete;
  Capsule& operator=(const Capsule&) = delete;
  virtual ~Capsule() = default;
};

/// `string`, `list(string)` and so on as values, where a variable declares its type.
class TypeCapsule : public Capsule {
 public:
  explicit TypeCapsule(Type type) : type_(std::move(type)) {}
  [[nodiscard]] const Type& type() const { return type_; }
  static constexpr std::string_view kName = "type";

 private:
  Type type_;
};

/// What `sql("...")` gives: an expression to be put into SQL as it stands.
class SqlCapsule : public Capsule {
 public:
  explicit SqlCapsule(std::string text) : text_(std::move(text)) {}
  [[nodiscard]] const std::string& text() const { return text_; }
  static constexpr std::string_view kName = "raw_expr";

 private:
  std::string text_;
};

/// A value of the language: cheap to copy (one pointer), immutable, always of one type.
///
/// Shape: strings are UTF-8 in normal form C. Sets are in value order without duplicates (numbers
/// numerically, strings by bytes, false before true); maps and objects are in byte order of keys.
/// A value may be null, and may be unknown (`format` with a null argument), both of any type.
/// Accessors are for known, non-null values of the right kind; anything else aborts.
class Value {
 public:
  /// Null of dynamic type, what the word `null` means.
  Value();
  [[nodiscard]] static Value null(Type type = Type::dynamic());
  [[nodiscard]] static Value unknown(Type type = Type::dynamic());
  [[nodiscard]] static Value string(std::string_view text);
  [[nodiscard]] static Value number(Number number);
  /// An integer with 64 bits of precision.
  [[nodiscard]] static Value integer(int64_t number);
  [[nodiscard]] static Value boolean(bool value);
  /// `element` is the type of each of `elements` (or dynamic when there are none).
  [[nodiscard]] static Value list(Type element, ValueList elements);
  [[nodiscard]] static Value set(Type element, ValueList elements);
  [[nodiscard]] static Value map(Type element, ValueMap elements);
  [[nodiscard]] static Value tuple(ValueList elements);
  [[nodiscard]] static Value object(ValueMap attributes);
  [[nodiscard]] static Value capsule(std::string_view type_name,
                                     std::shared_ptr<const Capsule> content);
  [[nodiscard]] static Value type_value(Type type);
  [[nodiscard]] static Value sql(std::string text);

  [[nodiscard]] const Type& type() const;
  [[nodiscard]] TypeKind kind() const { return type().kind(); }
  [[nodiscard]] bool is_null() const;
  [[nodiscard]] bool is_known() const;
  /// Known and not null: the accessors below may be called.
  [[nodiscard]] bool has_content() const { return is_known() && !is_null(); }
  /// Known through and through.
  [[nodiscard]] bool is_wholly_known() const;
  /// A list, set or tuple with content.
  [[nodiscard]] bool is_sequence() const;
  /// A map or object with content.
  [[nodiscard]] bool is_mapping() const;

  [[nodiscard]] const std::string& as_string() const;
  [[nodiscard]] const Number& as_number() const;
  [[nodiscard]] bool as_bool() const;
  /// Elements of a list, set or tuple.
  [[nodiscard]] const ValueList& elements() const;
  /// Elements of a map or attributes of an object.
  [[nodiscard]] const ValueMap& entries() const;
  /// Number of elements or entries.
  [[nodiscard]] size_t size() const;
  /// The content of a capsule if it is a T, otherwise nothing.
  template <typename T>
  [[nodiscard]] const T* find_capsule() const {
    return dynamic_cast<const T*>(capsule_content());
  }

  /// Same type and same content; unknown equals unknown.
  bool operator==(const Value& other) const;

  struct Rep;

 private:
  explicit Value(std::shared_ptr<const Rep> rep) : rep_(std::move(rep)) {}
  [[nodiscard]] const Capsule* capsule_content() const;

  std::shared_ptr<const Rep> rep_;  // shared: immutable, passed by value everywhere
};

/// The order of elements in a set: below, at or above zero. Nulls come last.
[[nodiscard]] int compare_values(const Value& a, const Value& b);

/// `text` in Unicode normal form C; text that is not UTF-8 stays as it is.
[[nodiscard]] std::string normalize_text(std::string_view text);

}  // namespace rhumb::hcl
