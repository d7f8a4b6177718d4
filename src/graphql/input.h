#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/value_path.h"
#include "codec/json.h"
#include "graphql/ast.h"
#include "graphql/resolver.h"
#include "graphql/schema.h"

namespace rhumb::graphql {

/// Checks a value given for a scalar, which resolvers see as it is. Not called for null.
using ScalarCheck = std::function<Result<void>(const codec::Json&)>;

/// How inputs are read beyond what the schema says.
struct InputRules {
  /// Input types whose unknown members are dropped and counted instead of refused; holds for the
  /// input objects inside them too. Empty: none.
  std::function<bool(std::string_view type)> lenient_type;
  /// By scalar name; scalars without a check take any JSON value.
  std::map<std::string, ScalarCheck, std::less<>> scalars;
  /// A null given for a list that may not be null counts as an empty list.
  bool null_lists = false;
  /// Lists of input objects that may be very long, by the input type that has them as a member:
  /// their elements are given to the Context one by one, and are no part of the input.
  std::map<std::string, std::string, std::less<>> one_by_one{};

  [[nodiscard]] bool ignores_unknown(std::string_view type) const {
    return lenient_type && lenient_type(type);
  }
};

/// Standard padded base64 in a string.
Result<void> check_base64(const codec::Json& value);
/// RFC 3339 with any offset and an optional fraction in a string.
Result<void> check_rfc3339(const codec::Json& value);

/// A list among the variables of a request whose elements are still text.
struct LateList {
  std::string_view text;  ///< the whole request, which must outlive this
  std::string_view variable;
  std::string_view member;                 ///< of the variable, empty in it so far
  std::vector<std::string_view> elements;  ///< of `text`

  /// Errors: what is wrong with it, kInvalid, kLimit; places are those in the element.
  [[nodiscard]] Result<codec::Json> element(size_t index) const;
  /// Reads all of them into the variables.
  Result<void> put_back(codec::Json& variables) const;
};

/// Reads JSON inputs against types: applies defaults, wraps single values into lists, checks
/// scalars. One object per request.
class InputReader {
 public:
  /// All must outlive the reader.
  InputReader(const Schema& schema, const InputRules& rules, Context& context);

  /// `what` names the value in messages: `variable "input"`.
  ///
  /// Shape: objects come back with declared members only, in the order they were given, then those
  /// with defaults. An absent member stays absent; a null one stays null.
  /// Errors: kInvalid, `variable "input".files[2].name must be of type String!, found null`.
  Result<codec::Json> read(codec::Json value, const TypeRef& type, std::string_view what);
  /// The value of a literal whose variables are already read. A variable that was not given is
  /// absent: null inside a list, no member inside an object.
  /// Errors: as read().
  Result<codec::Json> read_literal(const Value& value,
                                   const TypeRef& type,
                                   const codec::Json& variables,
                                   std::string_view what);

  /// The variables of an operation from the `variables` member of a request.
  ///
  /// Shape: an object with the variables that have a value; names that the operation does not
  /// declare are ignored.
  /// Errors: kInvalid for the first one missing or wrong; those of LateList::element().
  Result<codec::Json> read_variables(const Operation& operation,
                                     codec::Json given,
                                     const LateList* late = nullptr);
  /// The arguments of a field or directive, as an object. A variable of which `may_take` is true is
  /// moved out of `variables`.
  /// Errors: kInvalid.
  Result<codec::Json> read_arguments(
      const std::vector<InputValue>& declared,
      const std::vector<Argument>& given,
      codec::Json& variables,
      const std::function<bool(std::string_view variable)>& may_take = nullptr);

  /// Paths of the members that lenient types dropped, in the order met; at most kIgnoredMax are
  /// named, all are counted.
  [[nodiscard]] const std::vector<std::string>& ignored() const { return ignored_; }
  [[nodiscard]] size_t ignored_count() const { return ignored_count_; }
  static constexpr size_t kIgnoredMax = 100;

 private:
  struct NamedType;  // a reference to a type with the type that it names, see input.cc

  [[nodiscard]] NamedType resolve(const TypeRef& type) const;
  Result<void> read_at(codec::Json& value, const NamedType& type, const ValuePath& path);
  Result<void> read_null(codec::Json& value, const NamedType& type, const ValuePath& path);
  Result<void> read_list(codec::Json& value, const NamedType& element, const ValuePath& path);
  Result<void> read_named(codec::Json& value, const Type& type, const ValuePath& path);
  Result<void> read_scalar(codec::Json& value, const Type& type, const ValuePath& path);
  Result<void> read_object(codec::Json& value, const Type& type, const ValuePath& path);
  Result<void> read_member(codec::Json& value,
                           const InputValue& member,
                           const Type& type,
                           const ValuePath& path);
  Result<void> read_one_by_one(codec::Json& value,
                               const NamedType& element,
                               const Type& type,
                               const ValuePath& path);
  [[nodiscard]] bool takes_late(const Operation& operation, const LateList& late) const;
  Result<void> fill_defaults(codec::Json& object, const Type& type, const ValuePath& path);
  void ignore(const std::string& path);

  /// Built-in scalars and those with a check, found once: most values are of one of them.
  struct Scalars {
    const Type* whole = nullptr;
    const Type* real = nullptr;
    const Type* text = nullptr;
    const Type* flag = nullptr;
    const Type* id = nullptr;
    std::vector<std::pair<const Type*, const ScalarCheck*>> checked;
  };

  const Schema& schema_;
  const InputRules& rules_;
  Context& context_;
  Scalars scalars_;
  std::vector<const InputValue*> one_by_one_;
  const LateList* late_ = nullptr;  // of the variable that is read
  bool lenient_ = false;
  std::vector<std::string> ignored_;
  size_t ignored_count_ = 0;
};

/// A constant literal as JSON, without a type: enum values become strings.
[[nodiscard]] codec::Json constant_to_json(const Value& value);

}  // namespace rhumb::graphql
