#pragma once

#include <string>

#include "gotmpl/value.h"

namespace rhumb::gotmpl {

/// What an expression has at hand: a value, the interface type it was found in, or nothing at all.
///
/// Go's templates tell three kinds of nothing apart, and so do the recorded error texts: no value
/// (a missing map key), a nil in a slot of interface type (a null in the data), and a nil pointer.
struct Slot {
  Value value;
  bool valid = false;
  std::string interface_type;  ///< `interface {}` for elements of such lists and maps; else empty

  [[nodiscard]] static Slot none() { return {}; }
  /// A value as itself; the untyped nil is no value.
  [[nodiscard]] static Slot of(Value value) {
    const bool valid = !value.is_untyped_nil();
    return {.value = std::move(value), .valid = valid, .interface_type = {}};
  }
  /// A value found in a place declared with an interface type; with no such type, as itself.
  [[nodiscard]] static Slot in(Value value, std::string interface_type) {
    if (interface_type.empty() && value.is_untyped_nil()) {
      interface_type = "interface {}";
    }
    return {.value = std::move(value), .valid = true, .interface_type = std::move(interface_type)};
  }

  [[nodiscard]] bool is_nil_interface() const {
    return valid && !interface_type.empty() && value.is_untyped_nil();
  }
  [[nodiscard]] Slot without_interface() const { return valid ? of(value) : none(); }
  [[nodiscard]] std::string type_name() const {
    return interface_type.empty() ? value.type_name() : interface_type;
  }
  /// The type behind a pointer and an interface.
  [[nodiscard]] std::string target_type() const {
    const std::string type = value.type_name();
    return value.is_pointer() && !value.is_nil() ? type.substr(1) : type;
  }
};

}  // namespace rhumb::gotmpl
