#pragma once

#include <cstddef>
#include <utility>

namespace rhumb::sys {

/// Owns an open file descriptor; -1 means none.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int number) : number_(number) {}
  FileDescriptor(FileDescriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    if (this != &other) {
      reset();
      number_ = std::exchange(other.number_, -1);
    }
    return *this;
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor() { reset(); }

  [[nodiscard]] int get() const { return number_; }
  [[nodiscard]] bool is_open() const { return number_ >= 0; }
  /// Closes; what close() says is not looked at, so write and fsync first.
  void reset();

 private:
  int number_ = -1;
};

/// Lets this process, and those it starts, have as many open as the system allows: how many.
/// Source: getrlimit(2), RLIMIT_NOFILE.
size_t raise_descriptor_limit();

}  // namespace rhumb::sys
