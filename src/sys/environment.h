#pragma once

#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace rhumb::sys {

/// The variables of the process's environment.
class Environment {
 public:
  virtual ~Environment() = default;
  /// The value, which may be empty; nothing when the variable is not set.
  [[nodiscard]] virtual std::optional<std::string> get(const std::string& name) const = 0;
  /// Every variable as `NAME=value`, for a child process.
  [[nodiscard]] virtual std::vector<std::string> entries() const = 0;

  /// The value, or "" when not set.
  [[nodiscard]] std::string get_or_empty(const std::string& name) const {
    return get(name).value_or("");
  }
};

class SystemEnvironment : public Environment {
 public:
  [[nodiscard]] std::optional<std::string> get(const std::string& name) const override;
  [[nodiscard]] std::vector<std::string> entries() const override;
};

/// An environment for tests; holds only what it was given.
class FakeEnvironment : public Environment {
 public:
  /// `FakeEnvironment environment{{"A", "1"}, {"B", "2"}};`
  FakeEnvironment(std::initializer_list<std::pair<const std::string, std::string>> variables = {})
      : variables_(variables) {}
  void set(const std::string& name, std::string value) { variables_[name] = std::move(value); }
  void unset(const std::string& name) { variables_.erase(name); }

  [[nodiscard]] std::optional<std::string> get(const std::string& name) const override;
  [[nodiscard]] std::vector<std::string> entries() const override;

 private:
  std::map<std::string, std::string> variables_;
};

}  // namespace rhumb::sys
