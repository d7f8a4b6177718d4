#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <string_view>

namespace rhumb::property {

/// Random choices that a seed repeats, on every machine.
class SeededRandom {
 public:
  explicit SeededRandom(uint64_t seed) : engine_(seed) {}

  /// From 0 to `limit - 1`.
  size_t below(size_t limit) { return static_cast<size_t>(engine_() % limit); }
  /// True in `percent` of the cases.
  bool chance(size_t percent) { return below(100) < percent; }
  template <typename T>
  const T& pick(std::span<const T> choices) {
    return choices[below(choices.size())];
  }
  template <typename T, size_t N>
  const T& pick(const T (&choices)[N]) {
    return choices[below(N)];
  }
  std::string number() { return std::to_string(below(100000)); }

 private:
  std::mt19937_64 engine_;
};

}  // namespace rhumb::property
