#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "hcl/value.h"

namespace rhumb::hcl {

/// `value` as a value of `type`; `dynamic()` inside a wanted collection is replaced by the one type
/// its elements share.
///
/// Shape: text becomes a number or bool when it reads as one, numbers and bools become text, tuples
/// become lists or sets, objects become maps, surplus attributes are dropped. Null and unknown
/// stay. Errors: kInvalid with a text such as `a number is required`, `list of string required`,
/// `attribute "a" is required`; no position.
/// Source: spec project-file.md 2.1; scenarios of project-file variables.
[[nodiscard]] Result<Value> convert(const Value& value, const Type& type);

/// Whether values of `from` may convert to `to`; `unsafe` admits conversions that depend on the
/// value (text to number).
[[nodiscard]] bool can_convert(const Type& from, const Type& to, bool unsafe);

/// The one type that all of `types` convert to, or nothing. Dynamic types do not count.
[[nodiscard]] std::optional<Type> unify(const std::vector<Type>& types);

/// Why a value of type `got` is not one of type `want`.
[[nodiscard]] std::string mismatch_message(const Type& got, const Type& want);

}  // namespace rhumb::hcl
