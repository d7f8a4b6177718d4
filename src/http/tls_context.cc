#include <fmt/format.h>

#include "http/tls_context_internal.h"

namespace rhumb::http {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr std::chrono::seconds kLookEvery{1};

}  // namespace

TlsContext::TlsContext(Files files, std::function<void(const std::string&)> error_log)
    : files_(std::move(files)),
      error_log_(std::move(error_log)),
      read_times_(times()),
      looked_at_(std::chrono::steady_clock::now()) {}

Result<std::unique_ptr<TlsContext>> TlsContext::load(
    Files files, std::function<void(const std::string&)> error_log) {
  std::unique_ptr<TlsContext> out(new TlsContext(std::move(files), std::move(error_log)));
  out->context_ = std::make_unique<asio::ssl::context>(TRY(out->read()));
  return out;
}

asio::ssl::context& TlsContext::current() {
  const auto now = std::chrono::steady_clock::now();
  if (now - looked_at_ >= kLookEvery) {
    looked_at_ = now;
    refresh();
  }
  return *context_;
}

Result<asio::ssl::context> TlsContext::read() const {
  asio::ssl::context context(asio::ssl::context::tls_server);
  error_code error;
  context.set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_sslv2 |
                          asio::ssl::context::no_sslv3 | asio::ssl::context::no_tlsv1 |
                          asio::ssl::context::no_tlsv1_1,
                      error);
  context.use_certificate_chain_file(files_.certificate, error);
  if (error) {
    return invalid(fmt::format("TLS certificate \"{}\" cannot be used: {}", files_.certificate,
                               error.message()));
  }
  context.use_private_key_file(files_.key, asio::ssl::context::pem, error);
  if (error) {
    return invalid(fmt::format("TLS key \"{}\" cannot be used with the certificate: {}", files_.key,
                               error.message()));
  }
  return context;
}

TlsContext::Times TlsContext::times() const {
  std::error_code ignored;  // a file that is away has the least time of all
  return {std::filesystem::last_write_time(files_.certificate, ignored),
          std::filesystem::last_write_time(files_.key, ignored)};
}

void TlsContext::refresh() {
  const Times found = times();
  if (found == read_times_) {
    return;
  }
  read_times_ = found;
  Result<asio::ssl::context> next = read();
  if (next) {
    context_ = std::make_unique<asio::ssl::context>(*std::move(next));
  } else if (error_log_) {
    error_log_(next.error().message() + "; the one before stays in use");
  }
}

}  // namespace rhumb::http
