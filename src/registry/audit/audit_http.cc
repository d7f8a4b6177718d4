#include "registry/audit/audit_http.h"

#include <fmt/format.h>

#include <chrono>

#include "base/text.h"
#include "graphql/response.h"
#include "registry/audit/checkpoint.h"
#include "registry/audit/evidence.h"
#include "registry/audit/export.h"

namespace rhumb::registry {
namespace {

using codec::Json;
using http::Request;
using http::Response;

// Each takes a worker for as long as its client reads.
constexpr int kRunningMax = 4;
constexpr std::chrono::seconds kSlowClient{30};
constexpr int64_t kCheckpointsAtOnce = 1000;

int status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kDenied:
      return 403;
    case ErrorCode::kNotFound:
      return 404;
    case ErrorCode::kLimit:
      return 429;
    case ErrorCode::kInvalid:
      return 400;
    case ErrorCode::kConflict:
      return 409;
    default:
      return 503;
  }
}

Response error_response(const Error& error) {
  const Json body = Json::object(
      {{"errors",
        Json::array({Json::object(
            {{"message", error.message()},
             {"extensions", Json::object({{"code", graphql::extension_code(error.code())}})}})})}});
  return http::make_response(status_of(error.code()), "application/json", codec::format_json(body));
}

Result<std::optional<int64_t>> time_parameter(const Request& request, std::string_view name) {
  const std::optional<std::string> text = request.parameter(name);
  if (!text || text->empty()) {
    return std::optional<int64_t>();
  }
  const int64_t time = TRY(read_audit_time(Json::object({{"time", *text}}), "time").context(name));
  return std::optional(time);
}

Result<ExportOptions> read_options(const Request& request) {
  ExportOptions options;
  options.format = TRY(parse_export_format(request.parameter("format").value_or("jsonl")));
  AuditFilter& filter = options.filter;
  filter.from = TRY(time_parameter(request, "from"));
  filter.to = TRY(time_parameter(request, "to"));
  const std::string actions = request.parameter("action").value_or("");
  for (const std::string_view action : split(actions, ',')) {
    if (!action.empty()) {
      filter.actions.emplace_back(action);
    }
  }
  filter.actor = request.parameter("actor").value_or("");
  filter.object = request.parameter("object").value_or("");
  return options;
}

Json shown(const ExportOptions& options) {
  const ExportBegin begin{.complete = options.filter.takes_all(), .filter = options.filter};
  const std::string line = format_record(begin, ExportFormat::kJsonl);
  const Json record = codec::parse_json(line).value_or(Json());
  return Json::object({{"format", options.format == ExportFormat::kCsv ? "csv" : "jsonl"},
                       {"filter", record.at("filter")}});
}

/// One more of what `counter` counts, for as long as somebody has it.
class Running {
 public:
  explicit Running(std::atomic<int>& counter) : counter_(counter), number_(++counter) {}
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running() { --counter_; }
  [[nodiscard]] bool is_too_many() const { return number_ > kRunningMax; }

 private:
  std::atomic<int>& counter_;
  int number_;
};

}  // namespace

void audit_http_refusal(Registry& registry,
                        const Caller& caller,
                        const Request& request,
                        const Error& error) {
  AuditEntry entry =
      audit_entry(caller, registry.now(), "request.refused", fmt::format("path{}", request.path));
  entry.after = codec::format_json(Json::object(
      {{"code", graphql::extension_code(error.code())}, {"message", error.message()}}));
  // A log that cannot be written must not turn a refusal into anything else.
  (void)registry.store.write(
      [&entry](Session& session) -> Result<void> { return append_audit(session, entry); });
}

Response AuditHttp::handle(const Request& request, const Caller& caller) {
  const Result<void> allowed = require(caller, kAdminPermission);
  if (!allowed) {
    audit_http_refusal(registry_, caller, request, allowed.error());
    return error_response(allowed.error());
  }
  Result<Response> response = answer(request, caller);
  return response ? std::move(*response) : error_response(response.error());
}

Result<Response> AuditHttp::answer(const Request& request, const Caller& caller) {
  if (request.path == "/audit/export") {
    return export_log(request, caller);
  }
  if (request.path == "/audit/checkpoints") {
    return list_checkpoints_of(request);
  }
  const std::optional<AuditKey>& key = registry_.audit_key;
  if (request.path == "/audit/evidence" && key) {
    return pack_evidence(request, caller, *key);
  }
  if (request.path == "/audit/key" && key) {
    return http::make_response(200, "application/x-pem-file", format_public_key(key->public_key));
  }
  return Error(ErrorCode::kNotFound, "not found");
}

Result<Response> AuditHttp::export_log(const Request& request, const Caller& caller) {
  ExportOptions options = TRY(read_options(request));
  auto running = std::make_shared<Running>(running_);  // shared: a function must be copyable
  if (running->is_too_many()) {
    return Error(ErrorCode::kLimit, "too many exports at once; try again later");
  }
  TRY(registry_.store.write([&](Session& session) -> Result<void> {
    const Value organizations = TRY(session.scalar("SELECT count(*) FROM organizations"));
    options.filter.org_id =
        organizations.number() > 1 ? std::optional(caller.org_id) : std::nullopt;
    AuditEntry entry = audit_entry(caller, registry_.now(), "export.run", "audit");
    entry.after = codec::format_json(shown(options));
    return append_audit(session, std::move(entry));
  }));
  options.key = registry_.audit_key;
  const bool is_csv = options.format == ExportFormat::kCsv;
  Response response;
  http::set_header(response.headers, "Content-Type",
                   is_csv ? "text/csv; charset=utf-8" : "application/x-ndjson");
  http::set_header(response.headers, "Content-Disposition",
                   fmt::format("attachment; filename=\"audit.{}\"", is_csv ? "csv" : "jsonl"));
  http::set_header(response.headers, "Cache-Control", "no-store");
  response.stream = [this, options, running](std::shared_ptr<http::ResponseStream> stream) {
    // An export that fails half-way has no end record, which is how whoever reads it learns of it.
    (void)export_audit([this](const auto& job) { return registry_.store.read(job); }, options,
                       [&stream](std::string bytes) -> Result<void> {
                         const bool is_sent = stream->wait_for_room(bytes.size(), kSlowClient) &&
                                              stream->write(std::move(bytes));
                         return is_sent ? Result<void>()
                                        : Error(ErrorCode::kCancelled, "the client left");
                       });
    stream->close();
  };
  return response;
}

Result<Response> AuditHttp::pack_evidence(const Request& request,
                                          const Caller& caller,
                                          const AuditKey& key) {
  const EvidenceRequest wanted{.org_id = caller.org_id,
                               .repo = request.parameter("repo").value_or(""),
                               .version = request.parameter("version").value_or(""),
                               .env = request.parameter("env").value_or("")};
  const Running running(running_);
  if (running.is_too_many()) {
    return Error(ErrorCode::kLimit, "too many exports at once; try again later");
  }
  std::string pack = TRY(make_evidence_pack(
      [this](const auto& job) { return registry_.store.read(job); }, wanted, key));
  TRY(registry_.store.write([&](Session& session) {
    AuditEntry entry =
        audit_entry(caller, registry_.now(), "export.run", fmt::format("evidence/{}", wanted.repo));
    Json after = Json::object({{"format", "pack"}, {"version", wanted.version}});
    after.set_unless_empty("env", wanted.env);
    entry.after = codec::format_json(after);
    return append_audit(session, std::move(entry));
  }));
  Response response = http::make_response(200, "application/gzip", std::move(pack));
  http::set_header(response.headers, "Content-Disposition",
                   "attachment; filename=\"evidence.tar.gz\"");
  http::set_header(response.headers, "Cache-Control", "no-store");
  return response;
}

Result<Response> AuditHttp::list_checkpoints_of(const Request& /*request*/) {
  std::string text;
  TRY(registry_.store.read([&text](Session& session) -> Result<void> {
    text.clear();
    int64_t after = 0;
    while (true) {
      const std::vector<SignedCheckpoint> page =
          TRY(list_checkpoints(session, after, kCheckpointsAtOnce));
      for (const SignedCheckpoint& checkpoint : page) {
        text += format_checkpoint(checkpoint) + "\n";
        after = checkpoint.checkpoint.head.seq;
      }
      if (page.size() < static_cast<size_t>(kCheckpointsAtOnce)) {
        return {};
      }
    }
  }));
  return http::make_response(200, "application/x-ndjson", std::move(text));
}

}  // namespace rhumb::registry
