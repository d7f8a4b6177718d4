#pragma once

#include <boost/asio/ssl/context.hpp>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"

namespace rhumb::http {

/// The certificate and the key of a server, read again when one of their files changes, so that a
/// renewed certificate needs no restart.
///
/// Shape: files are looked at once a second at the most. A pair that cannot be used, because one of
/// the two was not written yet, for example, is told of once; what was there before stays in use.
/// Threads: one.
class TlsContext {
 public:
  struct Files {
    std::string certificate;  ///< PEM chain
    std::string key;          ///< PEM
  };
  /// Errors: kInvalid for a certificate or key that cannot be read or do not belong together.
  static Result<std::unique_ptr<TlsContext>> load(
      Files files, std::function<void(const std::string&)> error_log);

  /// For a new connection; older ones keep theirs.
  boost::asio::ssl::context& current();

 private:
  using Times = std::pair<std::filesystem::file_time_type, std::filesystem::file_time_type>;

  TlsContext(Files files, std::function<void(const std::string&)> error_log);
  [[nodiscard]] Result<boost::asio::ssl::context> read() const;
  [[nodiscard]] Times times() const;
  void refresh();

  Files files_;
  std::function<void(const std::string&)> error_log_;
  Times read_times_;
  std::chrono::steady_clock::time_point looked_at_;
  std::unique_ptr<boost::asio::ssl::context> context_;
};

}  // namespace rhumb::http
