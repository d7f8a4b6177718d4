#include "driver/mysql/connecting.h"

#include <fmt/format.h>
#include <poll.h>

#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>

#include "base/text.h"
#include "driver/mysql/client_library.h"
#include "driver/mysql/server_error.h"
#include "driver/socket_wait.h"

namespace rhumb::driver::mysql {
namespace {

constexpr std::string_view kDefaultCharset = "utf8mb4";

// The options of one handle, with fewer casts.
class Options {
 public:
  Options(const ClientLibrary& library, MYSQL* handle) : library_(library), handle_(handle) {}

  void set(mysql_option option, const std::string& value) {
    library_.options(handle_, option, value.c_str());
  }
  void set(mysql_option option, unsigned value) { library_.options(handle_, option, &value); }
  void set_flag(mysql_option option, bool value) {
    const my_bool on = value ? 1 : 0;
    library_.options(handle_, option, &on);
  }
  // So that the handle can be connected step by step.
  void allow_steps() { library_.options(handle_, MYSQL_OPT_NONBLOCK, nullptr); }
  void set_seconds(mysql_option option, std::chrono::seconds value) {
    if (value.count() > 0) {
      set(option, static_cast<unsigned>(value.count()));
    }
  }
  void add_attribute(const std::string& name, const std::string& value) {
    library_.options4(handle_, MYSQL_OPT_CONNECT_ATTR_ADD, name.c_str(), value.c_str());
  }

 private:
  const ClientLibrary& library_;
  MYSQL* handle_;
};

void set_tls(Options& options, const Dsn& dsn) {
  if (dsn.tls == Tls::kOff) {
    return;
  }
  options.set_flag(MYSQL_OPT_SSL_ENFORCE, dsn.tls != Tls::kPreferred);
  options.set_flag(MYSQL_OPT_SSL_VERIFY_SERVER_CERT, dsn.tls == Tls::kVerified);
  if (!dsn.tls_ca.empty()) {
    options.set(MYSQL_OPT_SSL_CA, dsn.tls_ca);
  } else if (dsn.tls != Tls::kVerified) {
    // Encryption is asked for by naming any option of it; no cipher is left out by this one.
    options.set(MYSQL_OPT_SSL_CIPHER, "DEFAULT");
  }
  if (!dsn.tls_cert.empty()) {
    options.set(MYSQL_OPT_SSL_CERT, dsn.tls_cert);
  }
  if (!dsn.tls_key.empty()) {
    options.set(MYSQL_OPT_SSL_KEY, dsn.tls_key);
  }
}

void set_options(Options& options, const Dsn& dsn, const std::string& program_name) {
  // `localhost` is an address like any other, not a hint to look for a socket.
  options.set(
      MYSQL_OPT_PROTOCOL,
      static_cast<unsigned>(dsn.socket.empty() ? MYSQL_PROTOCOL_TCP : MYSQL_PROTOCOL_SOCKET));
  options.set(MYSQL_SET_CHARSET_NAME, std::string(kDefaultCharset));
  options.set(MYSQL_OPT_LOCAL_INFILE, dsn.local_files ? 1U : 0U);
  options.set_seconds(MYSQL_OPT_CONNECT_TIMEOUT, dsn.connect_timeout);
  options.set_seconds(MYSQL_OPT_READ_TIMEOUT, dsn.read_timeout);
  options.set_seconds(MYSQL_OPT_WRITE_TIMEOUT, dsn.write_timeout);
  if (dsn.cleartext_passwords) {
    options.set_flag(MYSQL_ENABLE_CLEARTEXT_PLUGIN, true);
  }
  if (dsn.compress) {
    options.set_flag(MYSQL_OPT_COMPRESS, true);
  }
  options.add_attribute("program_name", program_name);
  for (const auto& [name, value] : dsn.attributes) {
    options.add_attribute(name, value);
  }
  set_tls(options, dsn);
  options.allow_steps();
}

std::string address_of(const Dsn& dsn) {
  if (!dsn.socket.empty()) {
    return "dial unix " + dsn.socket;
  }
  const bool is_ip6 = dsn.host.find(':') != std::string::npos;
  return fmt::format("dial tcp {}{}{}:{}", is_ip6 ? "[" : "", dsn.host, is_ip6 ? "]" : "",
                     dsn.port);
}

// The number of the operating system that ends the library's text: `... on 'db' (111)`.
std::optional<int> system_error_in(std::string_view text) {
  const size_t open = text.rfind('(');
  int number = 0;
  if (open == std::string_view::npos) {
    return std::nullopt;
  }
  const char* begin = text.data() + open + 1;
  const auto [end, problem] = std::from_chars(begin, text.data() + text.size(), number);
  return problem == std::errc() && end != begin && number > 0 ? std::optional(number)
                                                              : std::nullopt;
}

// The library often only knows that its connect had not succeeded yet when it was over.
std::string connect_reason(int number) {
  return number == EINPROGRESS ? "connection refused or host unreachable"
                               : to_lower_ascii(std::strerror(number));
}

Error connect_error(const ClientLibrary& library, MYSQL* handle, const Dsn& dsn) {
  const unsigned number = library.error_number(handle);
  const std::string text = library.error(handle);
  Error error = server_error(number, library.sqlstate(handle), text);
  const bool unreachable = number == CR_CONNECTION_ERROR || number == CR_CONN_HOST_ERROR;
  const std::optional<int> reason = unreachable ? system_error_in(text) : std::nullopt;
  if (!reason) {
    return error;
  }
  return Error(error.code(),
               fmt::format("{}: connect: {}", address_of(dsn), connect_reason(*reason)))
      .with_cause_of(error);
}

// The library goes on in clear text when the server offers no encryption, whatever was asked for.
Result<void> check_encryption(const ClientLibrary& library, MYSQL* handle, const Dsn& dsn) {
  const bool required = dsn.tls == Tls::kUnverified || dsn.tls == Tls::kVerified;
  if (required && library.get_ssl_cipher(handle) == nullptr) {
    return Error(ErrorCode::kUnavailable, "TLS requested but server does not support TLS");
  }
  return {};
}

bool is_plain_word(std::string_view name) {
  return !name.empty() && name.find_first_not_of(
                              "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUV"
                              "WXYZ0123456789_") == std::string_view::npos;
}

Result<void> choose_charset(const ClientLibrary& library, MYSQL* handle, const Dsn& dsn) {
  if (dsn.charsets.empty() || dsn.charsets.front() == kDefaultCharset) {
    return {};
  }
  for (const std::string& name : dsn.charsets) {
    if (library.set_character_set(handle, name.c_str()) == 0) {
      return {};
    }
  }
  return server_error(library.error_number(handle), library.sqlstate(handle),
                      library.error(handle));
}

short events_of(int wanted) {
  return static_cast<short>(((wanted & MYSQL_WAIT_READ) != 0 ? POLLIN : 0) |
                            ((wanted & MYSQL_WAIT_WRITE) != 0 ? POLLOUT : 0) |
                            ((wanted & MYSQL_WAIT_EXCEPT) != 0 ? POLLPRI : 0));
}

// What of `wanted` has happened. A socket that failed is ready for everything, so that the library
// finds out why.
int happened(int wanted, short ready) {
  const int seen = ((ready & POLLIN) != 0 ? MYSQL_WAIT_READ : 0) |
                   ((ready & POLLOUT) != 0 ? MYSQL_WAIT_WRITE : 0) |
                   ((ready & POLLPRI) != 0 ? MYSQL_WAIT_EXCEPT : 0);
  const int all = MYSQL_WAIT_READ | MYSQL_WAIT_WRITE | MYSQL_WAIT_EXCEPT;
  return ((ready & (POLLERR | POLLHUP | POLLNVAL)) != 0 ? all : seen) & wanted;
}

// Waits for what a started connection asks for. -> what has happened of it
Result<int> wait_for_connection(const ClientLibrary& library,
                                MYSQL* handle,
                                int wanted,
                                const sys::CancellationToken& stop) {
  WaitLimits limits{.stop = stop};
  if ((wanted & MYSQL_WAIT_TIMEOUT) != 0) {
    const std::chrono::milliseconds timeout(library.get_timeout_value_ms(handle));
    limits.deadline = std::chrono::steady_clock::now() + timeout;
  }
  short ready = 0;
  const SocketState state =
      wait_for_socket(library.get_socket(handle), events_of(wanted), limits, &ready);
  if (state == SocketState::kCancelled) {
    return Error(ErrorCode::kCancelled, "interrupted");
  }
  return state == SocketState::kTimeout ? MYSQL_WAIT_TIMEOUT : happened(wanted, ready);
}

// mysql_real_connect, but that it can be stopped. -> whether it is connected
Result<bool> connect_step_by_step(const ClientLibrary& library,
                                  MYSQL* handle,
                                  const Dsn& dsn,
                                  unsigned long flags,
                                  const sys::CancellationToken& stop) {
  const bool is_unix = !dsn.socket.empty();
  MYSQL* connected = nullptr;
  int wanted = library.real_connect_start(&connected, handle, is_unix ? nullptr : dsn.host.c_str(),
                                          dsn.user.c_str(), dsn.password.c_str(),
                                          dsn.database.empty() ? nullptr : dsn.database.c_str(),
                                          dsn.port, is_unix ? dsn.socket.c_str() : nullptr, flags);
  while (wanted != 0) {
    const int seen = TRY(wait_for_connection(library, handle, wanted, stop));
    wanted = library.real_connect_cont(&connected, handle, seen);
  }
  return connected != nullptr;
}

}  // namespace

Result<void> connect_handle(::st_mysql* handle,
                            const Dsn& dsn,
                            const std::string& program_name,
                            const sys::CancellationToken& stop) {
  const Result<ClientLibrary>& loaded = client_library();
  if (!loaded) {
    return loaded.error();
  }
  const ClientLibrary& library = *loaded;
  if (!dsn.collation.empty() && !is_plain_word(dsn.collation)) {
    return invalid(fmt::format("unknown collation: {}", dsn.collation));
  }
  Options options(library, handle);
  set_options(options, dsn, program_name);
  const unsigned long flags =
      CLIENT_MULTI_RESULTS | (dsn.multi_statements ? CLIENT_MULTI_STATEMENTS : 0UL) |
      (dsn.found_rows ? static_cast<unsigned long>(CLIENT_FOUND_ROWS) : 0UL);
  const bool connected = TRY(connect_step_by_step(library, handle, dsn, flags, stop));
  if (!connected) {
    return connect_error(library, handle, dsn);
  }
  TRY(check_encryption(library, handle, dsn));
  return choose_charset(library, handle, dsn);
}

std::vector<std::string> set_up_statements(const Dsn& dsn) {
  std::vector<std::string> statements;
  if (!dsn.collation.empty()) {
    const std::string charset(dsn.charsets.empty() ? kDefaultCharset : dsn.charsets.front());
    statements.push_back(fmt::format("SET NAMES {} COLLATE {}", charset, dsn.collation));
  }
  for (const auto& [name, value] : dsn.variables) {
    statements.push_back(fmt::format("SET {} = {}", name, value));
  }
  return statements;
}

}  // namespace rhumb::driver::mysql
