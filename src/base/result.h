#pragma once

#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "base/check.h"
#include "base/error.h"

namespace rhumb {

/// A value or the reason there is none. The vocabulary is std::expected's.
template <typename T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  // NOLINTBEGIN(google-explicit-constructor)
  // Implicit on purpose: `return value;` and `return error;` are how results are made.
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}
  template <typename U>
    requires(std::is_convertible_v<U, T> && !std::is_same_v<std::remove_cvref_t<U>, T> &&
             !std::is_same_v<std::remove_cvref_t<U>, Error> &&
             !std::is_same_v<std::remove_cvref_t<U>, Result<T>>)
  Result(U&& value) : state_(std::in_place_index<0>, std::forward<U>(value)) {}
  // NOLINTEND(google-explicit-constructor)

  [[nodiscard]] bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  [[nodiscard]] T& value() & {
    check_value();
    return std::get<0>(state_);
  }
  [[nodiscard]] const T& value() const& {
    check_value();
    return std::get<0>(state_);
  }
  // By value, so that `for (x : make().value())` does not loop over something that is gone.
  [[nodiscard]] T value() && {
    check_value();
    return std::get<0>(std::move(state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  [[nodiscard]] const Error& error() const {
    RHUMB_CHECK(!has_value(), "error() of a result that has a value");
    return std::get<1>(state_);
  }
  template <typename U>
  [[nodiscard]] T value_or(U&& fallback) const {
    return has_value() ? value() : static_cast<T>(std::forward<U>(fallback));
  }

  /// The same result; a failure has `outer: ` put before its message.
  [[nodiscard]] Result context(std::string_view outer) && {
    if (has_value()) {
      return std::move(*this);
    }
    return error().context(outer);
  }

 private:
  void check_value() const { RHUMB_CHECK(has_value(), "value() of a failed result"); }

  std::variant<T, Error> state_;
};

/// Success without a value, or the reason there is none.
template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;

  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool has_value() const { return !error_.has_value(); }
  explicit operator bool() const { return has_value(); }
  void value() const { RHUMB_CHECK(has_value(), "value() of a failed result"); }
  [[nodiscard]] const Error& error() const {
    RHUMB_CHECK(error_.has_value(), "error() of a result that succeeded");
    return *error_;
  }
  [[nodiscard]] Result context(std::string_view outer) && {
    if (has_value()) {
      return {};
    }
    return error().context(outer);
  }

 private:
  std::optional<Error> error_;
};

namespace internal {
template <typename T>
T take_value(Result<T>& result) {
  return std::move(result).value();
}
inline void take_value(Result<void>& /*result*/) {}
}  // namespace internal

}  // namespace rhumb

#define RHUMB_CONCAT_INNER(a, b) a##b
#define RHUMB_CONCAT(a, b) RHUMB_CONCAT_INNER(a, b)
#define RHUMB_TRY_IMPL(name, expression) \
  __extension__({                        \
    auto name = (expression);            \
    if (!name.has_value()) {             \
      return name.error();               \
    }                                    \
    ::rhumb::internal::take_value(name); \
  })
/// The value of a Result, or an early return of its error. Stands alone: a whole initialiser, a
/// whole statement or a plain call argument, never inside a braced list.
#define TRY(...) RHUMB_TRY_IMPL(RHUMB_CONCAT(rhumb_try_, __COUNTER__), (__VA_ARGS__))
