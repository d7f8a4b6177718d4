#include "report/delivery.h"

#include "codec/url.h"
#include "registry_api/documents.h"
#include "sys/clock.h"

namespace rhumb::report {
namespace {

using codec::Json;

registry_api::Document document_of(std::string_view operation) {
  for (const registry_api::Document& document :
       {registry_api::kReportMigrationSet, registry_api::kReportMigrationDown}) {
    if (operation == document.field) {
      return document;
    }
  }
  return registry_api::kReportMigration;
}

/// Whether a report for one endpoint may go to another: only on the same host, for a registry may
/// have moved to another port or path.
bool is_same_registry(const std::string& a, const std::string& b) {
  const auto first = codec::parse_url(a);
  const auto second = codec::parse_url(b);
  return a == b || (first.has_value() && second.has_value() &&
                    first.value().hostname() == second.value().hostname());
}

std::string url_of(const Json& payload) {
  const Json* url = registry_api::find_any_case(payload, "url");
  return url != nullptr && url->is_string() ? url->as_string() : "";
}

}  // namespace

void RecordingTransport::limit(std::chrono::nanoseconds budget) {
  deadline_ = clock_.now() + budget;
}

Result<registry_api::HttpReply> RecordingTransport::post(const std::string& url,
                                                         const registry_api::HttpHeaders& headers,
                                                         const std::string& body) {
  last_status_ = 0;
  if (deadline_ && clock_.now() >= *deadline_) {
    return Error(ErrorCode::kUnavailable, "no answer within the time a report may take");
  }
  Result<registry_api::HttpReply> reply = inner_.post(url, headers, body);
  if (reply.has_value()) {
    last_status_ = reply.value().status;
  }
  return reply;
}

Result<void> RecordingTransport::wait(std::chrono::milliseconds duration) {
  if (!retries_) {
    return Error(ErrorCode::kUnavailable, "not tried again");
  }
  if (deadline_ && clock_.now() + duration > *deadline_) {
    return Error(ErrorCode::kUnavailable, "no time left for another attempt");
  }
  return inner_.wait(duration);
}

bool Delivery::is_final() const {
  const int status = transport_.last_status();
  const bool kept = status == 0 || status == 401 || status == 403 || status == 429 || status >= 500;
  return !kept;
}

Delivery::Outgoing Delivery::outgoing(const registry_api::MigrationReport& report,
                                      const std::string& report_id) {
  return {.id = report_id,
          .document = registry_api::kReportMigration,
          .input = registry_api::to_json(report)};
}

Delivery::Outgoing Delivery::outgoing(const registry_api::MigrationSetReport& report) {
  return {.id = report.id,
          .document = registry_api::kReportMigrationSet,
          .input = registry_api::to_json(report)};
}

Delivery::Outgoing Delivery::outgoing(const registry_api::RevertReport& report,
                                      const std::string& report_id) {
  return {.id = report_id,
          .document = registry_api::kReportMigrationDown,
          .input = registry_api::to_json(report)};
}

DeliveryOutcome Delivery::send(const Outgoing& outgoing) {
  const Result<Json> answer = client_.call_input(outgoing.document, outgoing.input);
  if (answer.has_value()) {
    return {.state = DeliveryState::kDelivered, .url = url_of(answer.value()), .error = {}};
  }
  if (is_final()) {
    return {.state = DeliveryState::kRejected, .url = {}, .error = answer.error().message()};
  }
  return keep(outgoing, answer.error().message());
}

DeliveryOutcome Delivery::keep(const Outgoing& outgoing, const std::string& error) {
  if (spool_ != nullptr) {
    const Result<void> kept = spool_->put({.id = outgoing.id,
                                           .endpoint = endpoint_,
                                           .operation = std::string(outgoing.document.field),
                                           .body = codec::format_json(outgoing.input)});
    if (kept.has_value()) {
      return {.state = DeliveryState::kKept, .url = {}, .error = error};
    }
  }
  return {.state = DeliveryState::kLost, .url = {}, .error = error};
}

Result<Delivery::Flushed> Delivery::flush() {
  Flushed flushed;
  if (spool_ == nullptr) {
    return flushed;
  }
  const std::vector<std::string> names = TRY(spool_->list());
  bool answered = true;
  for (const std::string& name : names) {
    const Result<SpooledReport> spooled = spool_->read(name);
    if (!spooled.has_value() || !is_same_registry(spooled.value().endpoint, endpoint_) ||
        !answered) {
      ++flushed.left;
      continue;
    }
    const Json input = TRY(codec::parse_json(spooled.value().body).context(name));
    const Result<Json> answer = client_.call_input(document_of(spooled.value().operation), input);
    if (answer.has_value()) {
      ++flushed.delivered;
    } else if (is_final()) {
      flushed.warnings.push_back("the registry refused a report kept earlier (" +
                                 spooled.value().id + "): " + answer.error().message());
    } else {
      ++flushed.left;
      answered = false;
      continue;
    }
    TRY(spool_->remove(name));
  }
  return flushed;
}

}  // namespace rhumb::report
