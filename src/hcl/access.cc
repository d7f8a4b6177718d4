#include "base/go_format.h"
#include "hcl/convert.h"
#include "hcl/diagnostic.h"
#include "hcl/evaluate.h"
#include "hcl/evaluate_internal.h"

namespace rhumb::hcl {

namespace {

constexpr std::string_view kBadIndex = "Invalid index";
constexpr std::string_view kNoElement =
    "The given key does not identify an element in this collection value";

Error index_error(std::string_view reason, const SourceSpan& span) {
  std::string detail(kNoElement);
  if (!reason.empty()) {
    detail += ": ";
    detail += reason;
  }
  return diagnostic(kBadIndex, detail + ".", span);
}

Result<Value> index_sequence(const Value& sequence, const Value& key, const SourceSpan& span) {
  const auto converted = convert(key, Type::number());
  if (!converted) {
    return index_error(converted.error().message(), span);
  }
  const Number& number = converted->as_number();
  const auto size = static_cast<int64_t>(sequence.size());
  if (number.sign() < 0) {
    return index_error("a negative number is not a valid index for a sequence", span);
  }
  if (!number.is_integer()) {
    return index_error(
        "indexing a sequence requires a whole number, but the given index has a fractional part",
        span);
  }
  const auto index = number.to_int64();
  if (index && *index < size) {
    return sequence.elements()[static_cast<size_t>(*index)];
  }
  if (size == 0) {
    return index_error("the collection has no elements", span);
  }
  // The reference names the reason only for the first index past the end.
  return index_error(index == size ? "the given index is greater than or equal to the length of "
                                     "the collection"
                                   : "",
                     span);
}

Result<Value> index_mapping(const Value& mapping, const Value& key, const SourceSpan& span) {
  const auto converted = convert(key, Type::string());
  if (!converted) {
    return index_error(converted.error().message(), span);
  }
  const auto found = mapping.entries().find(converted->as_string());
  if (found == mapping.entries().end()) {
    return index_error("", span);
  }
  return found->second;
}

}  // namespace

Result<Value> index_value(const Value& collection, const Value& key, const SourceSpan& span) {
  if (collection.is_null()) {
    return diagnostic("Attempt to index null value",
                      "This value is null, so it does not have any indices.", span);
  }
  if (key.is_null()) {
    return diagnostic(kBadIndex, "Can't use a null value as an indexing key.", span);
  }
  if (!collection.is_known() || !key.is_known()) {
    return Value::unknown();
  }
  switch (collection.kind()) {
    case TypeKind::kList:
    case TypeKind::kTuple:
      return index_sequence(collection, key, span);
    case TypeKind::kMap:
    case TypeKind::kObject:
      return index_mapping(collection, key, span);
    case TypeKind::kSet:
      return diagnostic(kBadIndex,
                        "Elements of a set are identified only by their value and don't have any "
                        "separate index or key to select with, so it's only possible to perform "
                        "operations across all elements of the set.",
                        span);
    default:
      return diagnostic(kBadIndex, "This value does not have any indices.", span);
  }
}

Result<Value> get_attribute(const Value& value, const std::string& name, const SourceSpan& span) {
  if (value.is_null()) {
    return diagnostic("Attempt to get attribute from null value",
                      "This value is null, so it does not have any attributes.", span);
  }
  if (!value.is_known()) {
    return Value::unknown();
  }
  if (value.is_mapping()) {
    const auto found = value.entries().find(name);
    if (found != value.entries().end()) {
      return found->second;
    }
    if (value.kind() == TypeKind::kMap) {
      return diagnostic("Missing map element",
                        "This map does not have an element with the key " + go_quote(name) + ".",
                        span);
    }
    return diagnostic("Unsupported attribute",
                      "This object does not have an attribute named " + go_quote(name) + ".", span);
  }
  if (value.type().is_primitive()) {
    return diagnostic("Unsupported attribute",
                      "Can't access attributes on a primitive-typed value (" +
                          value.type().friendly_name() + ").",
                      span);
  }
  return diagnostic("Unsupported attribute", "This value does not have any attributes.", span);
}

Result<Value> apply_step(const Value& value, const TraversalStep& step) {
  return step.is_index ? index_value(value, step.key, step.span)
                       : get_attribute(value, step.name, step.span);
}

}  // namespace rhumb::hcl
