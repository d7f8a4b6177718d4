#include "http/server.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "base/text.h"
#include "codec/compress.h"
#include "http/listener.h"
#include "http/worker_pool.h"

namespace rhumb::http {
namespace {

constexpr int kGzipLevel = 5;

bool accepts_gzip(std::string_view accept_encoding) {
  for (const std::string_view part : split(accept_encoding, ',')) {
    const std::string_view coding = trim(part.substr(0, part.find(';')));
    const size_t weight = part.find("q=0");
    const bool refused = weight != std::string_view::npos &&
                         part.find_first_of("123456789", weight) == std::string_view::npos;
    if ((equal_fold_ascii(coding, "gzip") || coding == "*") && !refused) {
      return true;
    }
  }
  return false;
}

bool is_compressible(std::string_view media_type) {
  for (const std::string_view kind : {"text/", "application/json", "application/javascript",
                                      "image/svg+xml", "application/graphql-response+json"}) {
    if (media_type.starts_with(kind)) {
      return true;
    }
  }
  return false;
}

void compress(const Request& request, size_t bytes_min, Response& response) {
  if (response.stream || response.body.size() < bytes_min ||
      !is_compressible(header_or_empty(response.headers, "Content-Type")) ||
      find_header(response.headers, "Content-Encoding")) {
    return;
  }
  response.headers.emplace_back("Vary", "Accept-Encoding");
  if (accepts_gzip(request.header("Accept-Encoding"))) {
    response.body = codec::gzip_compress(response.body, kGzipLevel);
    response.headers.emplace_back("Content-Encoding", "gzip");
  }
}

}  // namespace

class Server::Impl {
 public:
  Impl(ServerOptions options, Handler handler)
      : options_(std::move(options)),
        handler_(std::move(handler)),
        workers_(std::max<size_t>(options_.worker_threads, 1), options_.worker_queue_max) {}

  Result<void> listen() {
    listener_ = TRY(Listener::start(options_, [this](Request request, Respond respond) {
      dispatch(std::move(request), std::move(respond));
    }));
    return {};
  }

  Listener& listener() { return *listener_; }

  void stop() {
    workers_.stop();
    if (listener_ != nullptr) {
      listener_->stop();
    }
  }

 private:
  void dispatch(Request request, const Respond& respond) {
    // A shared copy: std::function needs to be copyable, the request is moved only once.
    auto shared = std::make_shared<Request>(std::move(request));
    const bool taken = workers_.submit([this, shared, respond] { respond(answer(*shared)); });
    if (!taken) {
      Response busy = text_response(503, "server is busy");
      busy.headers.emplace_back("Retry-After", "1");
      respond(std::move(busy));
    }
  }

  Response answer(const Request& request) {
    Response response;
    try {
      response = handler_(request);
    } catch (const std::exception& error) {
      response = defect(request, error.what());
    } catch (...) {
      response = defect(request, "unknown exception");
    }
    compress(request, options_.gzip_bytes_min, response);
    return response;
  }

  Response defect(const Request& request, std::string_view what) {
    if (options_.error_log) {
      options_.error_log(fmt::format("{} {} failed in request {}: {}", request.method, request.path,
                                     request.id, what));
    }
    return text_response(
        500, fmt::format("internal error; the server log has it under request {}", request.id));
  }

  ServerOptions options_;
  Handler handler_;
  WorkerPool workers_;
  std::unique_ptr<Listener> listener_;
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Server::~Server() {
  impl_->listener().shutdown(std::chrono::milliseconds(0));
  impl_->stop();
}

Result<std::unique_ptr<Server>> Server::start(ServerOptions options, Handler handler) {
  auto impl = std::make_unique<Impl>(std::move(options), std::move(handler));
  TRY(impl->listen());
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

uint16_t Server::port() const {
  return impl_->listener().port();
}

std::string Server::base_url() const {
  return impl_->listener().base_url();
}

bool Server::shutdown(std::chrono::milliseconds limit) {
  return impl_->listener().shutdown(limit);
}

}  // namespace rhumb::http
