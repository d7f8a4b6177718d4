#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "sys/file_descriptor.h"

namespace rhumb::sys {

/// An exclusive lock on a whole file that the kernel drops with its holder.
///
/// An open-file-description lock: it holds between threads, processes, containers and hosts that
/// share the directory. The file is made when missing and never removed, since a waiter may have
/// it open; its content names the holder, for people only.
/// Source: spec revisions.md 8.1, Linux manual fcntl(2) "Open file description locks".
class FileLock {
 public:
  /// Errors: `open <path>: ...`.
  [[nodiscard]] static Result<FileLock> open(const std::string& path);

  /// True when the lock is had now, after which the content is `holder`; false while somebody else
  /// has it. Errors: kUnsupported `file system of "<path>" has no locks`; kIo.
  [[nodiscard]] Result<bool> try_lock(std::string_view holder);
  /// Cuts the content to nothing and lets go; fine when it was not held.
  void unlock();
  [[nodiscard]] bool is_held() const { return held_; }
  /// What the holder wrote; empty when nobody holds it or it could not be read.
  [[nodiscard]] std::string holder() const;

  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&& other) noexcept;
  ~FileLock();

 private:
  FileLock(std::string path, FileDescriptor file)
      : path_(std::move(path)), file_(std::move(file)) {}

  std::string path_;
  FileDescriptor file_;
  bool held_ = false;
};

/// Whether somebody holds the lock on `path`, without making the file or taking the lock.
[[nodiscard]] Result<bool> is_file_locked(const std::string& path);

}  // namespace rhumb::sys
