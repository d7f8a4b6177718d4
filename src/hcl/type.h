#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace rhumb::hcl {

enum class TypeKind {
  kDynamic,
  kString,
  kNumber,
  kBool,
  kList,
  kSet,
  kMap,
  kTuple,
  kObject,
  kCapsule,
};

/// The type of a value, or a constraint on it where `dynamic()` stands for any type.
///
/// Shape: cheap to copy (one pointer), immutable, compared by structure.
class Type {
 public:
  using Attributes = std::map<std::string, Type, std::less<>>;

  /// `dynamic()`.
  Type();
  [[nodiscard]] static Type dynamic();
  [[nodiscard]] static Type string();
  [[nodiscard]] static Type number();
  [[nodiscard]] static Type boolean();
  [[nodiscard]] static Type list(Type element);
  [[nodiscard]] static Type set(Type element);
  [[nodiscard]] static Type map(Type element);
  [[nodiscard]] static Type tuple(std::vector<Type> elements);
  [[nodiscard]] static Type object(Attributes attributes);
  /// A type known to us by name only; see Capsule in value.h.
  [[nodiscard]] static Type capsule(std::string name);

  [[nodiscard]] TypeKind kind() const;
  [[nodiscard]] bool is_primitive() const;
  /// List, set or map.
  [[nodiscard]] bool is_collection() const;
  [[nodiscard]] bool is_dynamic() const { return kind() == TypeKind::kDynamic; }
  /// Whether `dynamic()` stands anywhere inside.
  [[nodiscard]] bool has_dynamic() const;
  /// Element type of a list, set or map.
  [[nodiscard]] const Type& element() const;
  /// Element types of a tuple, in order.
  [[nodiscard]] const std::vector<Type>& elements() const;
  /// Attribute types of an object, by name in byte order.
  [[nodiscard]] const Attributes& attributes() const;

  /// What messages call it: `string`, `list of number`, `object`, `dynamic`.
  [[nodiscard]] std::string friendly_name() const;
  /// The same where a wanted type is named: `any type` for dynamic.
  [[nodiscard]] std::string constraint_name() const;

  bool operator==(const Type& other) const;

  struct Rep;

 private:
  explicit Type(std::shared_ptr<const Rep> rep) : rep_(std::move(rep)) {}

  std::shared_ptr<const Rep> rep_;  // shared: immutable, copied with every value
};

}  // namespace rhumb::hcl
