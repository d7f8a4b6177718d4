#include "registry_api/client.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"
#include "codec/base64.h"
#include "codec/hex.h"

namespace rhumb::registry_api {
namespace {

using codec::Json;

constexpr int kAttemptsMax = 5;
constexpr std::chrono::milliseconds kFirstWait{1000};
constexpr std::chrono::seconds kRetryAfterMax{60};
constexpr size_t kBodyShownMax = 1 << 20;

std::string encode(std::string_view bytes) {
  return codec::base64_encode(codec::as_bytes(bytes));
}

Result<std::string> decode(std::string_view text) {
  std::vector<std::byte> bytes = TRY(codec::base64_decode(text).context("decoding response"));
  return codec::to_string(bytes);
}

bool is_retried(int status) {
  return status == 429 || (status >= 500 && status != 501);
}

bool is_loopback(std::string_view url) {
  const size_t mark = url.find("://");
  std::string_view host = mark == std::string_view::npos ? url : url.substr(mark + 3);
  host = host.substr(0, host.find_first_of("/?#"));
  const size_t at = host.rfind('@');
  host = at == std::string_view::npos ? host : host.substr(at + 1);
  return host == "localhost" || host.starts_with("localhost:") || host == "127.0.0.1" ||
         host.starts_with("127.0.0.1:") || host.starts_with("[::1]");
}

/// How long to wait before the attempt after `attempt` (from 1).
std::chrono::milliseconds wait_before_next(std::string_view endpoint,
                                           const HttpReply* reply,
                                           int attempt) {
  const std::string_view asked =
      reply == nullptr ? std::string_view() : reply->header("Retry-After");
  int seconds = 0;
  auto parsed = std::from_chars(asked.data(), asked.data() + asked.size(), seconds);
  if (!asked.empty() && parsed.ec == std::errc() && seconds >= 0) {
    return std::min<std::chrono::milliseconds>(std::chrono::seconds(seconds), kRetryAfterMax);
  }
  return is_loopback(endpoint) ? std::chrono::milliseconds(0) : kFirstWait * (1 << (attempt - 1));
}

/// `dirState.files[0]`
std::string format_path(const Json& path) {
  std::string out;
  for (size_t i = 0; i < path.size() && path.is_array(); ++i) {
    const Json& part = path.at(i);
    if (part.is_string()) {
      out += (out.empty() ? "" : ".") + part.as_string();
    } else {
      out += fmt::format("[{}]", part.to_int().value_or(0));
    }
  }
  return out;
}

std::string format_error(const Json& error) {
  std::string out = "input";
  const Json::Array* locations = error.find_array("locations");
  if (locations != nullptr && !locations->empty()) {
    out += fmt::format(":{}", locations->front().find_int("line").value_or(0));
  }
  out += ":";
  const Json* path = error.find("path");
  const std::string at = path == nullptr ? "" : format_path(*path);
  if (!at.empty()) {
    out += " " + at;
  }
  return out + " " + error.string_or_empty("message");
}

/// The errors of a reply as one text, nothing when it has none.
std::optional<Error> reply_errors(const Json& reply) {
  const Json* member = find_any_case(reply, "errors");
  if (member == nullptr || !member->is_array() || member->as_array().empty()) {
    return std::nullopt;
  }
  const Json::Array& errors = member->as_array();
  std::vector<std::string> lines;
  for (const Json& error : errors) {
    lines.push_back(format_error(error));
  }
  std::string text = join(lines, "\n");
  text.erase(0, std::string_view("input:").size());
  const Json* extensions = errors.front().find_object("extensions");
  const std::string code = extensions == nullptr ? "" : extensions->string_or_empty("code");
  const ErrorCode kind = code == "NOT_FOUND"   ? ErrorCode::kNotFound
                         : code == "CONFLICT"  ? ErrorCode::kConflict
                         : code == "FORBIDDEN" ? ErrorCode::kDenied
                         : code == "INVALID"   ? ErrorCode::kInvalid
                                               : ErrorCode::kUnavailable;
  return Error(kind, std::string(trim(text)));
}

Error wrong_shape(std::string_view what) {
  return Error(ErrorCode::kUnavailable, fmt::format("decoding response: {}", what));
}

/// Members may be missing or null, but a list where an object belongs is no answer: read as one
/// without data it would pass for an empty directory.
Result<void> check_shape(const Json& reply) {
  if (!reply.is_object() && !reply.is_null()) {
    return wrong_shape("the body is not an object");
  }
  const Json* errors = find_any_case(reply, "errors");
  if (errors != nullptr && !errors->is_array() && !errors->is_null()) {
    return wrong_shape("errors is not a list");
  }
  const Json* data = find_any_case(reply, "data");
  if (data != nullptr && !data->is_object() && !data->is_null()) {
    return wrong_shape("data is not an object");
  }
  return {};
}

Result<Json> read_reply(const HttpReply& reply) {
  if (reply.status == 401) {
    return Error(ErrorCode::kDenied, "Unauthorized");
  }
  const bool ok = reply.status == 200;
  if (ok && reply.body.empty()) {
    return Json::object();
  }
  Result<Json> parsed = codec::parse_json(reply.body);
  if (parsed) {
    std::optional<Error> errors = reply_errors(*parsed);
    if (errors.has_value()) {
      return *errors;
    }
  }
  if (!ok) {
    return Error(reply.status == 404 ? ErrorCode::kNotFound : ErrorCode::kUnavailable,
                 fmt::format("unexpected error code {}: {}", reply.status,
                             trim(std::string_view(reply.body).substr(0, kBodyShownMax))));
  }
  Json answer = TRY(std::move(parsed).context("decoding response"));
  TRY(check_shape(answer));
  return answer;
}

Json with_context(Json input, const std::optional<RunContext>& context) {
  if (context.has_value()) {
    input.set("context", to_json(*context));
  }
  return input;
}

std::string text_of(const Json& object, std::string_view key) {
  const Json* member = find_any_case(object, key);
  return member != nullptr && member->is_string() ? member->as_string() : "";
}

std::vector<std::string> texts_of(const Json& object, std::string_view key) {
  std::vector<std::string> texts;
  const Json* member = find_any_case(object, key);
  if (member != nullptr && member->is_array()) {
    for (const Json& item : member->as_array()) {
      if (item.is_string()) {
        texts.push_back(item.as_string());
      }
    }
  }
  return texts;
}

constexpr std::array<std::pair<std::string_view, PlanStatus>, 4> kPlanStatuses = {
    {{"PENDING_USER", PlanStatus::kPendingUser},
     {"APPROVED", PlanStatus::kApproved},
     {"ABORTED", PlanStatus::kAborted},
     {"APPLIED", PlanStatus::kApplied}}};

std::optional<PlanStatus> parse_plan_status(std::string_view text) {
  for (const auto& [name, status] : kPlanStatuses) {
    if (name == text) {
      return status;
    }
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_text(PlanStatus status) {
  for (const auto& [name, known] : kPlanStatuses) {
    if (known == status) {
      return name;
    }
  }
  return "";
}

std::string_view HttpReply::header(std::string_view name) const {
  for (const auto& entry : headers) {
    if (equal_fold_ascii(entry.first, name)) {
      return entry.second;
    }
  }
  return "";
}

const Json* find_any_case(const Json& object, std::string_view key) {
  if (!object.is_object()) {
    return nullptr;
  }
  if (const Json* exact = object.find(key)) {
    return exact;
  }
  for (const Json::Member& member : object.as_object()) {
    if (equal_fold_ascii(member.key, key)) {
      return &member.value;
    }
  }
  return nullptr;
}

RegistryClient::RegistryClient(Transport& transport, ClientOptions options)
    : transport_(&transport), options_(std::move(options)) {}

bool RegistryClient::has_feature(std::string_view feature) const {
  return features_.contains(feature);
}

void RegistryClient::note_features(const HttpReply& reply) {
  for (const std::string_view word : split(reply.header("X-Registry-Features"), ',')) {
    if (!trim(word).empty()) {
      features_.emplace(trim(word));
    }
  }
}

Result<HttpReply> RegistryClient::post_with_retries(const std::string& body) {
  const HttpHeaders headers = {{"Authorization", "Bearer " + options_.token},
                               {"Content-Type", "application/json"},
                               {"User-Agent", options_.user_agent}};
  for (int attempt = 1;; ++attempt) {
    Result<HttpReply> reply = transport_->post(options_.endpoint, headers, body);
    if (reply && !is_retried(reply->status)) {
      return reply;
    }
    if (!reply && reply.error().code() == ErrorCode::kCancelled) {
      return reply;
    }
    if (attempt == kAttemptsMax) {
      return std::move(reply).context(
          fmt::format("POST {} giving up after {} attempt(s)", options_.endpoint, attempt));
    }
    TRY(transport_->wait(
        wait_before_next(options_.endpoint, reply ? &reply.value() : nullptr, attempt)));
  }
}

Result<Json> RegistryClient::call(const Document& document, const Json& variables) {
  Json body = Json::object({{"query", document.text}});
  if (!variables.is_null()) {
    body.set("variables", variables);
  }
  const HttpReply reply = TRY(post_with_retries(codec::format_json(body)));
  note_features(reply);
  const Json answer = TRY(read_reply(reply));
  const Json* data = find_any_case(answer, "data");
  const Json* field = data == nullptr ? nullptr : find_any_case(*data, document.field);
  if (field == nullptr || field->is_null()) {
    return Json();
  }
  if (!field->is_object() && !field->is_array()) {
    return wrong_shape(fmt::format("{} is not an object", document.field));
  }
  return *field;
}

Result<Json> RegistryClient::call_input(const Document& document, Json input) {
  return call(document, Json::object({{"input", std::move(input)}}));
}

Result<std::string> RegistryClient::call_for_url(const Document& document, Json input) {
  const Json answer = TRY(call_input(document, std::move(input)));
  return text_of(answer, "url");
}

Result<Identity> RegistryClient::identify() {
  const Json me = TRY(call(kMe, Json()));
  return Identity{text_of(me, "name"), text_of(me, "org")};
}

Result<IdentityDetails> RegistryClient::identify_in_detail() {
  const Json me = TRY(call(kMeVerbose, Json()));
  return IdentityDetails{.kind = text_of(me, "kind"),
                         .org_name = text_of(me, "orgName"),
                         .roles = texts_of(me, "roles"),
                         .scopes = texts_of(me, "scopes"),
                         .expires_at = text_of(me, "expiresAt")};
}

Result<std::string> RegistryClient::read_directory(std::string_view slug, std::string_view tag) {
  return read_state("slug", slug, tag);
}

Result<std::string> RegistryClient::read_named_directory(std::string_view name,
                                                         std::string_view tag) {
  return read_state("name", name, tag);
}

Result<std::string> RegistryClient::read_state(std::string_view key,
                                               std::string_view directory,
                                               std::string_view tag) {
  Json input = Json::object();
  input.set(std::string(key), directory);
  input.set_unless_empty("tag", tag);
  const Json state = TRY(call_input(kDirState, std::move(input)));
  const Json* content = find_any_case(state, "content");
  if (content == nullptr || !content->is_string()) {
    return Error(ErrorCode::kNotFound,
                 fmt::format("the registry answered without the content of dir \"{}\"", directory));
  }
  return decode(content->as_string());
}

Result<std::vector<RemoteDirectory>> RegistryClient::list_directories() {
  const Json dirs = TRY(call(kDirs, Json()));
  std::vector<RemoteDirectory> out;
  for (size_t i = 0; i < dirs.size() && dirs.is_array(); ++i) {
    RemoteDirectory directory;
    directory.name = text_of(dirs.at(i), "name");
    directory.slug = text_of(dirs.at(i), "slug");
    directory.archive = TRY(decode(text_of(dirs.at(i), "content")));
    out.push_back(std::move(directory));
  }
  return out;
}

Result<std::string> RegistryClient::push_directory(const DirectoryPush& push) {
  Json input = Json::object({{"slug", push.slug}});
  if (!push.tag.empty()) {
    input.set("tag", push.tag);
  }
  input.set("driver", push.driver);
  input.set("dir", encode(push.archive));
  if (push.force) {
    input.set("force", true);
  }
  if (!push.tag.empty()) {
    return call_for_url(kPushDir, with_context(std::move(input), push.context));
  }
  input.set("add", encode(push.added_archive));
  Json deleted = Json::array();
  for (const std::string& name : push.deleted) {
    deleted.push_back(name);
  }
  input.set("delete", std::move(deleted));
  return call_for_url(kDiffSyncDir, with_context(std::move(input), push.context));
}

Result<std::string> RegistryClient::report(const MigrationReport& report) {
  return call_for_url(kReportMigration, to_json(report));
}

Result<std::string> RegistryClient::report(const MigrationSetReport& report) {
  return call_for_url(kReportMigrationSet, to_json(report));
}

Result<std::string> RegistryClient::report(const RevertReport& report) {
  return call_for_url(kReportMigrationDown, to_json(report));
}

Result<bool> RegistryClient::needs_approval(std::string_view slug) {
  const Json dir = TRY(call_input(kProtectedFlows, Json::object({{"slug", slug}})));
  const Json* flows = find_any_case(dir, "protectedFlows");
  const Json* down = flows == nullptr ? nullptr : find_any_case(*flows, "migrateDown");
  return down != nullptr && down->is_bool() && down->as_bool();
}

Result<std::vector<AppliedVersion>> RegistryClient::read_applied(const TargetQuestion& question) {
  const Json target =
      TRY(call_input(kMigrateTarget, Json::object({{"extID", question.id},
                                                   {"schema", question.schema},
                                                   {"dirName", question.dir_name},
                                                   {"envName", question.env_name}})));
  std::vector<AppliedVersion> out;
  const Json* applied = find_any_case(target, "applied");
  for (size_t i = 0; applied != nullptr && applied->is_array() && i < applied->size(); ++i) {
    const Json& entry = applied->at(i);
    out.push_back({.name = text_of(entry, "name"),
                   .version = text_of(entry, "version"),
                   .hash = text_of(entry, "hash"),
                   .content = text_of(entry, "content")});
  }
  return out;
}

Result<std::optional<KnownPlan>> RegistryClient::find_plan(std::string_view plan_id) {
  const Json plan = TRY(call_input(kMigratePlan, Json::object({{"extID", plan_id}})));
  if (plan.is_null()) {
    return std::optional<KnownPlan>();
  }
  const std::string status = text_of(plan, "status");
  const std::optional<PlanStatus> parsed = parse_plan_status(status);
  if (!parsed) {
    return wrong_shape(fmt::format("\"{}\" is no status of a plan", status));
  }
  return std::optional(KnownPlan{.url = text_of(plan, "url"), .status = *parsed});
}

Result<std::string> RegistryClient::create_plan(const RevertPlan& plan) {
  return call_for_url(kCreateMigrateDownPlan, to_json(plan));
}

Result<std::string> RegistryClient::begin_set(const BeginSet& set) {
  return call_for_url(kBeginMigrationSet, to_json(set));
}

}  // namespace rhumb::registry_api
