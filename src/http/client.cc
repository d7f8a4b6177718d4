#include "http/client.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <array>
#include <optional>
#include <utility>

#include "base/text.h"
#include "http/curl_internal.h"

namespace rhumb::http {
namespace {

/// Bytes of all response headers together.
constexpr size_t kHeaderBytesMax = size_t{1} << 20;

/// What one transfer collects.
struct Transfer {
  const ClientRequest* request = nullptr;
  ClientResponse response;
  size_t header_bytes = 0;
  bool over_limit = false;
  bool cancelled = false;
  std::string refusal;  ///< why the last address was refused; empty: none was

  bool check_cancelled() {
    cancelled = cancelled || (request->cancelled && request->cancelled());
    return cancelled;
  }
};

size_t on_body(char* data, size_t size, size_t count, void* user) {
  auto* transfer = static_cast<Transfer*>(user);
  const size_t bytes = size * count;
  const size_t room = transfer->request->response_bytes_max - transfer->response.body.size();
  if (bytes > room) {
    if (transfer->request->cut_response) {
      transfer->response.body.append(data, room);
      return bytes;
    }
    transfer->over_limit = true;
    return 0;
  }
  transfer->response.body.append(data, bytes);
  return bytes;
}

size_t on_header(char* data, size_t size, size_t count, void* user) {
  auto* transfer = static_cast<Transfer*>(user);
  const size_t bytes = size * count;
  transfer->header_bytes += bytes;
  if (transfer->header_bytes > kHeaderBytesMax) {
    transfer->over_limit = true;
    return 0;
  }
  const std::string_view line = trim(std::string_view(data, bytes));
  if (line.starts_with("HTTP/")) {
    transfer->response.headers.clear();  // an interim answer came before this one
  } else if (const auto parts = cut(line, ":")) {
    transfer->response.headers.emplace_back(std::string(trim(parts->first)),
                                            std::string(trim(parts->second)));
  }
  return bytes;
}

int on_progress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<Transfer*>(user)->check_cancelled() ? 1 : 0;
}

/// Opens the socket that libcurl is about to connect to `address`, and to no other.
curl_socket_t on_open(void* user, curlsocktype, curl_sockaddr* address) {
  auto* transfer = static_cast<Transfer*>(user);
  const std::optional<IpAddress> ip = IpAddress::from_socket(&address->addr);
  const std::optional<std::string> refusal = ip ? transfer->request->refuse_address(*ip)
                                                : std::optional<std::string>("no internet address");
  if (refusal) {
    transfer->refusal = *refusal;
    return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

bool has_line_break(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

Result<void> check_request(const ClientRequest& request) {
  const std::string scheme = to_lower_ascii(request.url.substr(0, request.url.find("://")));
  if (scheme != "http" && scheme != "https") {
    return invalid("url of a request must begin with http:// or https://");
  }
  if (has_line_break(request.url) || has_line_break(request.method) || request.method.empty()) {
    return invalid("url or method of a request is malformed");
  }
  for (const auto& header : request.headers) {
    if (header.first.empty() || has_line_break(header.first) || has_line_break(header.second)) {
      return invalid(fmt::format("header \"{}\" of a request is malformed", header.first));
    }
  }
  return {};
}

}  // namespace

class Client::Impl {
 public:
  Impl(const Curl& curl, CURL* handle, Options options)
      : curl_(curl), handle_(handle), options_(std::move(options)) {}
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() { curl_.easy_cleanup(handle_); }

  Result<ClientResponse> send(const ClientRequest& request) {
    TRY(check_request(request));
    Transfer transfer;
    transfer.request = &request;
    std::array<char, CURL_ERROR_SIZE> detail{};
    curl_.easy_reset(handle_);  // keeps the open connections
    curl_slist* headers = make_headers(request);
    set(CURLOPT_ERRORBUFFER, detail.data());
    set(CURLOPT_HTTPHEADER, headers);
    set_up(request, transfer);
    const CURLcode code = curl_.easy_perform(handle_);
    curl_.slist_free_all(headers);
    if (code != CURLE_OK) {
      return failure(code, transfer, detail.data());
    }
    long status = 0;
    curl_.easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
    transfer.response.status = static_cast<int>(status);
    return std::move(transfer.response);
  }

 private:
  template <typename T>
  void set(CURLoption option, T value) {
    curl_.easy_setopt(handle_, option, value);
  }

  curl_slist* make_headers(const ClientRequest& request) {
    // Bodies are sent at once, without asking first.
    curl_slist* list = curl_.slist_append(nullptr, "Expect:");
    bool has_type = false;
    for (const auto& header : request.headers) {
      has_type = has_type || equal_fold_ascii(header.first, "Content-Type");
      const std::string line =
          header.second.empty() ? header.first + ";" : header.first + ": " + header.second;
      list = curl_.slist_append(list, line.c_str());
    }
    return has_type ? list : curl_.slist_append(list, "Content-Type:");
  }

  void set_up(const ClientRequest& request, Transfer& transfer) {
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_URL, request.url.c_str());
    set(CURLOPT_PATH_AS_IS, 1L);
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_ACCEPT_ENCODING, "gzip");
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connect_timeout.count()));
    set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(CURLOPT_TCP_KEEPALIVE, 1L);
    set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
    if (request.method == "HEAD") {
      set(CURLOPT_NOBODY, 1L);
    } else if (!request.body.empty() || request.method == "POST" || request.method == "PUT") {
      set(CURLOPT_POSTFIELDS, request.body.c_str());
      set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    }
    set(CURLOPT_WRITEFUNCTION, &on_body);
    set(CURLOPT_WRITEDATA, &transfer);
    set(CURLOPT_HEADERFUNCTION, &on_header);
    set(CURLOPT_HEADERDATA, &transfer);
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, &on_progress);
    set(CURLOPT_XFERINFODATA, &transfer);
    if (!options_.ca_file.empty()) {
      set(CURLOPT_CAINFO, options_.ca_file.c_str());
    }
    choose_proxy(request);
    if (request.refuse_address) {
      set(CURLOPT_OPENSOCKETFUNCTION, &on_open);
      set(CURLOPT_OPENSOCKETDATA, &transfer);
      set(CURLOPT_FRESH_CONNECT, 1L);
      set(CURLOPT_FORBID_REUSE, 1L);
    }
  }

  void choose_proxy(const ClientRequest& request) {
    if (request.refuse_address || (options_.proxy.empty() && !options_.proxy_from_environment)) {
      set(CURLOPT_PROXY, "");
    } else if (!options_.proxy.empty()) {
      set(CURLOPT_PROXY, options_.proxy.c_str());
      set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
      if (options_.proxy_for_all) {
        set(CURLOPT_NOPROXY, "");
      }
    }
  }

  Error failure(CURLcode code, const Transfer& transfer, const char* detail) {
    if (transfer.cancelled) {
      return Error(ErrorCode::kCancelled, "request was cancelled");
    }
    if (transfer.over_limit) {
      return Error(ErrorCode::kLimit, fmt::format("response is larger than {} bytes",
                                                  transfer.request->response_bytes_max));
    }
    if (code == CURLE_COULDNT_CONNECT && !transfer.refusal.empty()) {
      return Error(ErrorCode::kDenied, transfer.refusal);
    }
    const bool bad_url = code == CURLE_URL_MALFORMAT;
    const std::string text = detail[0] != '\0' ? detail : curl_.easy_strerror(code);
    return Error(bad_url ? ErrorCode::kInvalid : ErrorCode::kUnavailable, text)
        .caused_by({.code = std::to_string(static_cast<int>(code)), .text = text});
  }

  const Curl& curl_;
  CURL* handle_;
  Options options_;
};

Client::Client(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
Client::~Client() = default;

Result<Client> Client::create(Options options) {
  const Result<Curl>& curl = curl_table();
  if (!curl.has_value()) {
    return curl.error();
  }
  if (options.ca_file.empty()) {
    options.ca_file = named_certificates();
  }
  CURL* handle = curl->easy_init();
  if (handle == nullptr) {
    return Error(ErrorCode::kUnavailable, "libcurl gives no handle");
  }
  return Client(std::make_unique<Impl>(*curl, handle, std::move(options)));
}

Result<ClientResponse> Client::send(const ClientRequest& request) {
  return impl_->send(request);
}

}  // namespace rhumb::http
