#include "registry/web_server.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "codec/compress.h"
#include "registry/api/api.h"
#include "registry/api/request_context.h"
#include "registry/identity/cookies.h"
#include "registry/identity/http_answers.h"
#include "registry/identity/token_cache.h"

namespace rhumb::registry {
namespace {

using codec::Json;
using http::Request;
using http::Response;

constexpr std::string_view kFeaturesHeader = "X-Registry-Features";
constexpr std::string_view kFeatures = "ext, drift, schema-apply, live";
// For those who have policies: clients ask for leave only where somebody may say no.
constexpr std::string_view kFeaturesWithPolicies = "ext, drift, schema-apply, live, policy";
constexpr std::string_view kContentPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
// Whose log tells of tokens that belong to nobody: the one that every store has.
constexpr int64_t kFirstOrganization = 1;
constexpr size_t kAssetBytesMax = size_t{16} << 20;
// How stale "last used" may be: a busy token must not make every read a write.
constexpr int64_t kUseNotedNs = int64_t{60} * 1'000'000'000;

std::string_view bearer_token(const Request& request) {
  const std::string_view header = request.header("Authorization");
  constexpr std::string_view kScheme = "bearer ";
  if (header.size() < kScheme.size() ||
      !equal_fold_ascii(header.substr(0, kScheme.size()), kScheme)) {
    return "";
  }
  return trim(header.substr(kScheme.size()));
}

/// Reports are taken however many there are: they must not be lost.
bool is_report(const graphql::PreparedDocument& prepared) {
  const auto& operations = prepared.document.operations;
  return !operations.empty() &&
         std::all_of(operations.begin(), operations.end(), [](const auto& op) {
           return op.kind == graphql::OperationKind::kMutation &&
                  std::all_of(op.selections.begin(), op.selections.end(), [](const auto& field) {
                    return to_lower_ascii(field.name).starts_with("reportmigration") ||
                           equal_fold_ascii(field.name, "beginMigrationSet");
                  });
         });
}

/// The store could not do its part: the request was fine and shall be sent again.
bool is_outage(const graphql::Response& response) {
  return std::any_of(response.errors.begin(), response.errors.end(), [](const auto& entry) {
    const ErrorCode code = entry.error.code();
    return code == ErrorCode::kUnavailable || code == ErrorCode::kDatabase ||
           code == ErrorCode::kIo || code == ErrorCode::kBusy;
  });
}

bool is_page(const Request& request) {
  // A path whose last part has an extension is a file, which is there or not.
  const size_t slash = request.path.rfind('/');
  return request.path.find('.', slash == std::string::npos ? 0 : slash) == std::string::npos ||
         request.path.starts_with("/repos/") || request.path.starts_with("/dirs/");
}

}  // namespace

Result<std::unique_ptr<WebServer>> WebServer::create(Registry& registry, Options options) {
  graphql::Engine engine = TRY(make_api(options.api));
  std::unique_ptr<Setup> setup = TRY(Setup::create(registry));
  std::unique_ptr<WebServer> server(
      new WebServer(registry, std::move(engine), std::move(options)));
  server->setup_ = std::move(setup);
  server->login_ = std::make_unique<LoginRoutes>(registry, *server->setup_, server->oidc_);
  server->add_routes();
  return server;
}

WebServer::WebServer(Registry& registry, graphql::Engine engine, Options options)
    : registry_(registry),
      engine_(std::move(engine)),
      options_(std::move(options)),
      feed_(registry.live, options_.streams_max),
      audit_(registry),
      providers_(options_.proxy),
      oidc_(registry, providers_, options_.oidc),
      oauth_(registry, providers_) {}

void WebServer::close() {
  audit_refused(refused_.drain());
}

void WebServer::add_routes() {
  // Clients post to the configured URL byte for byte, so every path without a use of its own is one.
  router_.add("POST", "/{path...}", [this](const Request& request, const http::PathParameters&) {
    return answer_caller(request, [this, &request](const Caller& caller, int64_t token_id) {
      return execute(request, caller, token_id);
    });
  });
  router_.add("GET", "/", [this](const Request& request, const http::PathParameters&) {
    return handle_page(request);
  });
  router_.add("GET", "/events", [this](const Request& request, const http::PathParameters&) {
    return answer_caller(request, [this, &request](const Caller& caller, int64_t) {
      return handle_events(request, caller);
    });
  });
  router_.add("GET", "/audit/{what}", [this](const Request& request, const http::PathParameters&) {
    return answer_caller(request, [this, &request](const Caller& caller, int64_t) {
      return audit_.handle(request, caller);
    });
  });
  router_.add("GET", "/livez", [](const Request&, const http::PathParameters&) {
    return http::text_response(200, "ok");
  });
  router_.add("GET", "/readyz", [this](const Request&, const http::PathParameters&) {
    return handle_ready();
  });
  router_.add("GET", "/metrics", [this](const Request& request, const http::PathParameters&) {
    return answer_caller(request, [this, &request](const Caller& caller, int64_t) {
      return handle_metrics(request, caller);
    });
  });
  login_->add_to(router_);
  oauth_.add_to(router_);
  router_.add("GET", "/{path...}", [this](const Request& request, const http::PathParameters&) {
    return handle_page(request);
  });
}

Response WebServer::handle(const Request& request) {
  Response response = answer(request);
  if (http::header_or_empty(response.headers, kFeaturesHeader).empty()) {
    http::set_header(response.headers, kFeaturesHeader, std::string(kFeatures));
  }
  http::set_header(response.headers, "X-Content-Type-Options", "nosniff");
  return response;
}

Response WebServer::answer(const Request& request) {
  if (!ready_ && request.path != "/livez") {
    Response response = http::text_response(503, "not ready");
    http::set_header(response.headers, "Retry-After", "1");
    return response;
  }
  return router_.handle(request);
}

// ------------------------------------------------------------------------------------------- the API

Result<std::shared_ptr<const TokenOwner>> WebServer::find_owner(const Request& request,
                                                                int64_t now) {
  if (!request.header("Authorization").empty()) {
    const std::string_view token = bearer_token(request);
    return token.empty() ? std::shared_ptr<const TokenOwner>() : registry_.tokens.find(token, now);
  }
  const std::optional<std::string> session = session_cookie(request, registry_.public_url);
  return session.has_value() ? registry_.tokens.find_by_session(*session, now)
                             : std::shared_ptr<const TokenOwner>();
}

Result<std::optional<Caller>> WebServer::authenticate(const Request& request, int64_t& token_id) {
  int64_t now = registry_.now();
  const std::shared_ptr<const TokenOwner> owner = TRY(find_owner(request, now));
  if (owner == nullptr) {
    return std::optional<Caller>();
  }
  if (owner->last_used_ip != request.remote_address ||
      now - owner->last_used_at.value_or(0) > kUseNotedNs) {
    // Only a note: the request goes on without it.
    const Result<void> noted = registry_.store.write(
        [&](Session& session) { return note_use(session, *owner, now, request.remote_address); });
    if (noted) {
      registry_.tokens.set_used(*owner, now, request.remote_address);
    }
  }
  Caller caller;
  caller.origin = origin_of(request);
  caller.origin.actor = owner->actor();
  caller.origin.token_prefix = owner->prefix;
  caller.org_id = owner->org_id;
  caller.org_slug = owner->org_slug;
  caller.org_name = owner->org_name;
  caller.rights = owner->rights;
  caller.expires_at = owner->expires_at;
  caller.bot_id = owner->bot_id;
  caller.user_id = owner->user_id;
  caller.session_id = owner->session_id;
  // Sessions and tokens have numbers of their own.
  token_id = owner->session_id != 0 ? -owner->session_id : owner->token_id;
  return std::optional<Caller>(std::move(caller));
}

Response WebServer::refuse_token(const Request& request) {
  const bool has_token = !request.header("Authorization").empty();
  audit_refused(
      refused_.take(origin_of(request), has_token ? "token" : "session", registry_.now()));
  return error_response(401, "unauthorized");
}

void WebServer::audit_refused(const std::vector<RefusedTokens::Told>& told) {
  if (told.empty()) {
    return;
  }
  (void)registry_.store.write([&](Session& session) -> Result<void> {
    for (const RefusedTokens::Told& refused : told) {
      AuditEntry entry;
      entry.org_id = kFirstOrganization;
      entry.time = registry_.now();
      entry.origin = refused.origin;
      entry.action = "login.fail";
      entry.object = refused.object;
      if (refused.requests > 1) {
        entry.after = codec::format_json(Json::object({{"requests", refused.requests}}));
      }
      TRY(append_audit(session, std::move(entry)));
    }
    return {};
  });
}

Response WebServer::answer_caller(
    const Request& request,
    const std::function<Response(const Caller& caller, int64_t token_id)>& reply) {
  int64_t token_id = 0;
  Result<std::optional<Caller>> caller = authenticate(request, token_id);
  if (!caller) {
    return error_response(503, "the store does not answer");
  }
  const std::optional<Caller>& known = *caller;
  if (!known) {
    return refuse_token(request);
  }
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (known->session_id != 0 && !reads && may_be_forged(request, registry_.public_url)) {
    return error_response(403, "a session is taken from pages of this registry only", "FORBIDDEN");
  }
  Response response = reply(*known, token_id);
  if (registry_.policies.has_any(known->org_id, registry_.now())) {
    http::set_header(response.headers, kFeaturesHeader, std::string(kFeaturesWithPolicies));
  }
  return response;
}

std::optional<Response> WebServer::refuse_too_many(int64_t token_id) {
  const int64_t wait = registry_.rates.take(token_id, registry_.now());
  if (wait == 0) {
    return std::nullopt;
  }
  Response response = error_response(429, "too many requests", "LIMIT");
  http::set_header(response.headers, "Retry-After", std::to_string(wait));
  return response;
}

Response WebServer::execute(const Request& request, const Caller& caller, int64_t token_id) {
  std::string unpacked;
  std::string_view body = request.body;
  if (equal_fold_ascii(request.header("Content-Encoding"), "gzip")) {
    constexpr size_t kUnpackedMax = size_t{64} << 20;
    Result<std::string> content = codec::gzip_decompress(request.body, kUnpackedMax);
    if (!content) {
      return error_response(content.error().code() == ErrorCode::kLimit ? 413 : 400,
                            content.error().message(), "INVALID");
    }
    unpacked = std::move(*content);
    body = unpacked;
  }
  Result<graphql::Request> parsed = graphql::parse_request(body, kSetEntries);
  if (!parsed) {
    const graphql::Response refusal = graphql::refuse_body(parsed.error());
    return json_response(graphql::http_status(refusal), graphql::to_json(refusal, request.id));
  }
  const std::shared_ptr<const graphql::PreparedDocument> document = engine_.prepare(parsed->query);
  if (!is_report(*document)) {
    std::optional<Response> refusal = refuse_too_many(token_id);
    if (refusal.has_value()) {
      return std::move(*refusal);
    }
  }
  RequestContext context(registry_, caller);
  const graphql::Response answer = engine_.execute(*document, *std::move(parsed), context);
  log_internal_errors(request, answer);
  Response response = json_response(graphql::http_status(answer),
                                    graphql::to_json(answer, request.id));
  if (is_outage(answer)) {
    response.status = 503;
    http::set_header(response.headers, "Retry-After", "1");
  }
  return response;
}

void WebServer::log_internal_errors(const Request& request,
                                    const graphql::Response& response) const {
  if (!options_.log) {
    return;
  }
  for (const graphql::ResponseError& entry : response.errors) {
    if (graphql::extension_code(entry.error.code()) == "INTERNAL") {
      options_.log(fmt::format("request {}: {}", request.id, entry.error.message()));
    }
  }
}

// ----------------------------------------------------------------------------------------- the rest

Response WebServer::handle_events(const Request& request, const Caller& caller) {
  const Result<void> allowed = require(caller, "cloud:read");
  if (!allowed) {
    audit_http_refusal(registry_, caller, request, allowed.error());
    return error_response(403, allowed.error().message(), "FORBIDDEN");
  }
  std::optional<int64_t> set;
  if (std::optional<std::string> wanted = request.parameter("set")) {
    const Json id(*wanted);
    Result<int64_t> number = read_id(&id, "set");
    if (!number) {
      return error_response(404, number.error().message(), "NOT_FOUND");
    }
    set = *number;
  }
  if (!feed_.has_room()) {
    Response response = error_response(503, "too many pages are open", "LIMIT");
    http::set_header(response.headers, "Retry-After", "30");
    return response;
  }
  const int64_t org_id = caller.org_id;
  return http::event_stream_response(
      [this, org_id, set](std::shared_ptr<http::ResponseStream> stream) {
        feed_.add(std::move(stream), org_id, set);
      });
}

Response WebServer::handle_ready() {
  const Result<void> store = registry_.store.check();
  return store ? http::text_response(200, "ok") : http::text_response(503, "store unavailable");
}

Response WebServer::handle_metrics(const Request& request, const Caller& caller) {
  const Result<void> allowed = require(caller, "cloud:read");
  if (!allowed) {
    audit_http_refusal(registry_, caller, request, allowed.error());
    return error_response(403, allowed.error().message(), "FORBIDDEN");
  }
  const Result<std::string> stored =
      read_value<std::string>(registry_.store, [&](Session& session) {
        return format_store_metrics(session, caller.org_id, registry_.now());
      });
  if (!stored) {
    return error_response(503, "the store does not answer");
  }
  const Writer::Counts counts = registry_.store.write_counts();
  return http::make_response(
      200, "text/plain; version=0.0.4; charset=utf-8",
      fmt::format("# HELP rhumb_store_writes_total Transactions that were handed to the store.\n"
                  "# TYPE rhumb_store_writes_total counter\n"
                  "rhumb_store_writes_total {}\n"
                  "# HELP rhumb_store_commits_total Durable commits that they shared.\n"
                  "# TYPE rhumb_store_commits_total counter\n"
                  "rhumb_store_commits_total {}\n"
                  "# HELP rhumb_store_writes_waiting Transactions that wait for their turn.\n"
                  "# TYPE rhumb_store_writes_waiting gauge\n"
                  "rhumb_store_writes_waiting {}\n",
                  counts.jobs, counts.commits, counts.waiting) +
          *stored + registry_.metrics.format());
}

Response WebServer::handle_page(const Request& request) {
  std::optional<Asset> asset;
  if (options_.assets != nullptr) {
    if (request.path != "/") {
      asset = options_.assets->find(request.path);
    }
    if (!asset.has_value() && is_page(request)) {
      asset = options_.assets->find("/index.html");
    }
  }
  if (asset.has_value()) {
    return asset_response(request, *asset);
  }
  if (request.path == "/") {
    return http::text_response(200, "This registry was built without its web interface.");
  }
  return http::text_response(404, "not found");
}

Response WebServer::asset_response(const Request& request, const Asset& asset) const {
  Response response;
  http::set_header(response.headers, "Content-Type", std::string(asset.content_type));
  http::set_header(response.headers, "ETag", std::string(asset.etag));
  http::set_header(response.headers, "Cache-Control",
                   asset.immutable ? "public, max-age=31536000, immutable" : "no-cache");
  http::set_header(response.headers, "Content-Security-Policy", std::string(kContentPolicy));
  http::set_header(response.headers, "X-Frame-Options", "DENY");
  http::set_header(response.headers, "Referrer-Policy", "no-referrer");
  http::set_header(response.headers, "Cross-Origin-Opener-Policy", "same-origin");
  http::set_header(response.headers, "Permissions-Policy",
                   "camera=(), geolocation=(), microphone=()");
  if (request.header("If-None-Match") == asset.etag && !asset.etag.empty()) {
    response.status = 304;
    return response;
  }
  if (!asset.gzip) {
    response.body = std::string(asset.bytes);
    return response;
  }
  http::set_header(response.headers, "Vary", "Accept-Encoding");
  if (request.header("Accept-Encoding").find("gzip") != std::string_view::npos) {
    http::set_header(response.headers, "Content-Encoding", "gzip");
    response.body = std::string(asset.bytes);
    return response;
  }
  Result<std::string> plain = codec::gzip_decompress(asset.bytes, kAssetBytesMax);
  if (!plain) {
    return http::text_response(500, "damaged asset");
  }
  response.body = std::move(*plain);
  return response;
}

}  // namespace rhumb::registry
