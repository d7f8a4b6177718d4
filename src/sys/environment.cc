#include "sys/environment.h"

#include <unistd.h>

#include <cstdlib>

namespace rhumb::sys {

std::optional<std::string> SystemEnvironment::get(const std::string& name) const {
  const char* value = std::getenv(name.c_str());
  return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
}

std::vector<std::string> SystemEnvironment::entries() const {
  std::vector<std::string> out;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    out.emplace_back(*entry);
  }
  return out;
}

std::optional<std::string> FakeEnvironment::get(const std::string& name) const {
  const auto found = variables_.find(name);
  return found != variables_.end() ? std::optional(found->second) : std::nullopt;
}

std::vector<std::string> FakeEnvironment::entries() const {
  std::vector<std::string> out;
  out.reserve(variables_.size());
  for (const auto& [name, value] : variables_) {
    out.emplace_back(name).append("=").append(value);
  }
  return out;
}

}  // namespace rhumb::sys
