#include "hcl/type.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace rhumb::hcl {

struct Type::Rep {
  TypeKind kind = TypeKind::kDynamic;
  std::vector<Type> elements;  // one for collections, any number for tuples
  Attributes attributes;
  std::string name;
};

Type::Type() : Type(dynamic()) {}

Type Type::dynamic() {
  static const auto rep = std::make_shared<const Rep>();
  return Type(rep);
}

Type Type::string() {
  static const auto rep = std::make_shared<const Rep>(Rep{TypeKind::kString, {}, {}, ""});
  return Type(rep);
}

Type Type::number() {
  static const auto rep = std::make_shared<const Rep>(Rep{TypeKind::kNumber, {}, {}, ""});
  return Type(rep);
}

Type Type::boolean() {
  static const auto rep = std::make_shared<const Rep>(Rep{TypeKind::kBool, {}, {}, ""});
  return Type(rep);
}

Type Type::list(Type element) {
  return Type(std::make_shared<const Rep>(Rep{TypeKind::kList, {std::move(element)}, {}, ""}));
}

Type Type::set(Type element) {
  return Type(std::make_shared<const Rep>(Rep{TypeKind::kSet, {std::move(element)}, {}, ""}));
}

Type Type::map(Type element) {
  return Type(std::make_shared<const Rep>(Rep{TypeKind::kMap, {std::move(element)}, {}, ""}));
}

Type Type::tuple(std::vector<Type> elements) {
  return Type(std::make_shared<const Rep>(Rep{TypeKind::kTuple, std::move(elements), {}, ""}));
}

Type Type::object(Attributes attributes) {
  return Type(std::make_shared<const Rep>(Rep{TypeKind::kObject, {}, std::move(attributes), ""}));
}

Type Type::capsule(std::string name) {
  return Type(std::make_shared<const Rep>(Rep{TypeKind::kCapsule, {}, {}, std::move(name)}));
}

TypeKind Type::kind() const {
  return rep_->kind;
}

bool Type::is_primitive() const {
  return kind() == TypeKind::kString || kind() == TypeKind::kNumber || kind() == TypeKind::kBool;
}

bool Type::is_collection() const {
  return kind() == TypeKind::kList || kind() == TypeKind::kSet || kind() == TypeKind::kMap;
}

bool Type::has_dynamic() const {
  const auto inside = [](const Type& type) { return type.has_dynamic(); };
  return is_dynamic() || std::any_of(rep_->elements.begin(), rep_->elements.end(), inside) ||
         std::any_of(rep_->attributes.begin(), rep_->attributes.end(),
                     [](const auto& entry) { return entry.second.has_dynamic(); });
}

const Type& Type::element() const {
  RHUMB_CHECK(is_collection(), "only collections have one element type");
  return rep_->elements.front();
}

const std::vector<Type>& Type::elements() const {
  RHUMB_CHECK(kind() == TypeKind::kTuple, "only tuples have element types");
  return rep_->elements;
}

const Type::Attributes& Type::attributes() const {
  RHUMB_CHECK(kind() == TypeKind::kObject, "only objects have attribute types");
  return rep_->attributes;
}

namespace {

std::string name_of(const Type& type, bool constraint) {
  const auto element_name = [&] {
    return constraint && type.element().is_dynamic() ? std::string("any single type")
                                                     : name_of(type.element(), constraint);
  };
  switch (type.kind()) {
    case TypeKind::kDynamic:
      return constraint ? "any type" : "dynamic";
    case TypeKind::kString:
      return "string";
    case TypeKind::kNumber:
      return "number";
    case TypeKind::kBool:
      return "bool";
    case TypeKind::kList:
      return "list of " + element_name();
    case TypeKind::kSet:
      return "set of " + element_name();
    case TypeKind::kMap:
      return "map of " + element_name();
    case TypeKind::kTuple:
      return "tuple";
    case TypeKind::kObject:
      return "object";
    case TypeKind::kCapsule:
      break;
  }
  return "";
}

}  // namespace

std::string Type::friendly_name() const {
  return kind() == TypeKind::kCapsule ? rep_->name : name_of(*this, false);
}

std::string Type::constraint_name() const {
  return kind() == TypeKind::kCapsule ? rep_->name : name_of(*this, true);
}

bool Type::operator==(const Type& other) const {
  return rep_ == other.rep_ ||
         (rep_->kind == other.rep_->kind && rep_->name == other.rep_->name &&
          rep_->elements == other.rep_->elements && rep_->attributes == other.rep_->attributes);
}

}  // namespace rhumb::hcl
