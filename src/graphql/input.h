#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "codec/json.h"
#include "graphql/ast.h"
#include "graphql/schema.h"

namespace rhumb::graphql {

/// Checks a value given for a scalar and returns it in the form resolvers see. Not called for null.
using ScalarReader = std::function<Result<codec::Json>(const codec::Json&)>;

/// How inputs are read beyond what the schema says.
struct InputRules {
  /// Input types whose unknown members are dropped and counted instead of refused; holds for the
  /// input objects inside them too. Empty: none.
  std::function<bool(std::string_view type)> lenient_type;
  /// By scalar name; scalars without a reader take any JSON value.
  std::map<std::string, ScalarReader, std::less<>> scalars;
  /// A null given for a list that may not be null counts as an empty list.
  bool null_lists = false;

  [[nodiscard]] bool ignores_unknown(std::string_view type) const {
    return lenient_type && lenient_type(type);
  }
};

/// Standard padded base64 in a string; the value is passed on as it is.
Result<codec::Json> read_base64(const codec::Json& value);
/// RFC 3339 with any offset and an optional fraction in a string; passed on as it is.
Result<codec::Json> read_rfc3339(const codec::Json& value);

/// Where in an input a value is: written out only when somebody has to be told.
struct InputPath {
  const InputPath* parent = nullptr;
  std::string_view name = "";  ///< of a member; of the whole where there is no parent
  std::optional<size_t> index = std::nullopt;  ///< of an element

  /// `variable "input".files[2].name`
  [[nodiscard]] std::string text() const;
};

/// Reads JSON inputs against types: applies defaults, wraps single values into lists, checks
/// scalars. One object per request.
class InputReader {
 public:
  /// Both must outlive the reader.
  InputReader(const Schema& schema, const InputRules& rules) : schema_(schema), rules_(rules) {}

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
  /// Errors: kInvalid for the first one missing or wrong.
  Result<codec::Json> read_variables(const Operation& operation, codec::Json given);
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
  Result<codec::Json> read_at(codec::Json value, const TypeRef& type, const InputPath& path);
  Result<codec::Json> read_list(codec::Json value, const TypeRef& element, const InputPath& path);
  Result<codec::Json> read_named(codec::Json value, const Type& type, const InputPath& path);
  Result<codec::Json> read_scalar(codec::Json value, const Type& type, const InputPath& path);
  Result<codec::Json> read_object(codec::Json value, const Type& type, const InputPath& path);
  Result<void> fill_defaults(codec::Json& object, const Type& type, const InputPath& path);
  void ignore(const std::string& path);

  const Schema& schema_;
  const InputRules& rules_;
  bool lenient_ = false;
  std::vector<std::string> ignored_;
  size_t ignored_count_ = 0;
};

/// A constant literal as JSON, without a type: enum values become strings.
[[nodiscard]] codec::Json constant_to_json(const Value& value);

}  // namespace rhumb::graphql
