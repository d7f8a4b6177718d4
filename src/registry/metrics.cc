#include "registry/metrics.h"

#include <fmt/format.h>

#include <algorithm>

namespace rhumb::registry {
namespace {

constexpr double kNanoseconds = 1e9;

/// The two lines before the samples of a metric.
std::string head(std::string_view name, std::string_view type, std::string_view help) {
  return fmt::format("# HELP {0} {2}\n# TYPE {0} {1}\n", name, type, help);
}

/// The value of a label, in quotes.
std::string quoted(std::string_view value) {
  std::string out = "\"";
  for (const char c : value) {
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    if (c == '"' || c == '\\') {
      out += '\\';
    }
    out += c;
  }
  return out + '"';
}

std::vector<double> request_bounds() {
  return {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
}
/// Migrations take from a moment to hours.
std::vector<double> deployment_bounds() {
  return {0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3600, 4 * 3600};
}

Result<std::string> format_databases(Session& session, int64_t org_id) {
  std::string out =
      head("rhumb_databases", "gauge", "Databases of each repository by their status.");
  TRY(session.for_each(
      "SELECT slug, databases_synced, databases_pending, databases_failed FROM repos WHERE "
      "org_id = ? AND archived_at IS NULL AND hidden = 0 ORDER BY slug",
      {org_id}, [&out](const Row& row) {
        constexpr std::array<std::string_view, 3> kStatuses = {"SYNCED", "PENDING", "FAILED"};
        for (size_t i = 0; i < kStatuses.size(); ++i) {
          out += fmt::format("rhumb_databases{{repo={},status=\"{}\"}} {}\n", quoted(row[0].text()),
                             kStatuses.at(i), row[i + 1].number());
        }
        return true;
      }));
  return out;
}

Result<std::string> format_deployments(Session& session, int64_t org_id) {
  std::string out =
      head("rhumb_deployments", "gauge",
           "Deployments that are kept, by environment, kind and result; a set is one.");
  TRY(session.for_each(
      "SELECT n.name, c.kind, c.status, sum(c.events) FROM event_counts c JOIN environments n ON "
      "n.id = c.env_id WHERE c.org_id = ? GROUP BY n.name, c.kind, c.status ORDER BY n.name, "
      "c.kind, c.status",
      {org_id}, [&out](const Row& row) {
        out +=
            fmt::format("rhumb_deployments{{env={},kind={},status={}}} {}\n", quoted(row[0].text()),
                        quoted(row[1].text()), quoted(row[2].text()), row[3].number());
        return true;
      }));
  return out;
}

/// Pending since the last push at the least, which is the one that made it so.
Result<std::string> format_pending(Session& session, int64_t org_id, int64_t now) {
  const Value since = TRY(session.scalar(
      "SELECT min(last_push_at) FROM repos WHERE org_id = ? AND databases_pending > 0 AND "
      "archived_at IS NULL AND hidden = 0",
      {org_id}));
  const double seconds =
      since.is_null() ? 0 : static_cast<double>(std::max<int64_t>(now - since.number(), 0));
  return head("rhumb_oldest_pending_seconds", "gauge",
              "How long ago the repository was pushed that has had pending databases longest.") +
         fmt::format("rhumb_oldest_pending_seconds {:.0f}\n", seconds / kNanoseconds);
}

/// What is due again after it failed waits as well.
Result<std::string> format_deliveries(Session& session, int64_t org_id, int64_t now) {
  const std::optional<Row> row = TRY(session.find_row(
      "SELECT count(*), min(d.created_at) FROM webhooks w JOIN webhook_deliveries d ON "
      "d.webhook_id = w.id AND d.due_at IS NOT NULL WHERE w.org_id = ?",
      {org_id}));
  const int64_t oldest = row ? (*row)[1].find_number().value_or(now) : now;
  return head("rhumb_webhook_deliveries_waiting", "gauge",
              "Messages that no receiver has taken yet and that are sent (again).") +
         fmt::format("rhumb_webhook_deliveries_waiting {}\n", row ? (*row)[0].number() : 0) +
         head("rhumb_webhook_oldest_waiting_seconds", "gauge",
              "How long ago the oldest of them was written down.") +
         fmt::format("rhumb_webhook_oldest_waiting_seconds {:.0f}\n",
                     static_cast<double>(std::max<int64_t>(now - oldest, 0)) / kNanoseconds);
}

}  // namespace

Histogram::Histogram(std::vector<double> bounds)
    : bounds_(std::move(bounds)), counts_(bounds_.size() + 1) {}

void Histogram::observe(double seconds) {
  const auto bound = std::ranges::lower_bound(bounds_, seconds);
  ++counts_.at(static_cast<size_t>(bound - bounds_.begin()));
  sum_ += seconds;
}

std::string Histogram::format(std::string_view name, const std::string& labels) const {
  const std::string comma = labels.empty() ? "" : labels + ",";
  const std::string braces = labels.empty() ? "" : "{" + labels + "}";
  std::string out;
  uint64_t total = 0;
  for (size_t i = 0; i < counts_.size(); ++i) {
    total += counts_[i];
    const std::string bound = i < bounds_.size() ? fmt::format("{}", bounds_[i]) : "+Inf";
    out += fmt::format("{}_bucket{{{}le=\"{}\"}} {}\n", name, comma, bound, total);
  }
  return out + fmt::format("{0}_sum{1} {2}\n{0}_count{1} {3}\n", name, braces, sum_, total);
}

Metrics::Metrics() : request_seconds_(request_bounds()) {}

void Metrics::count_request(int status, double seconds) {
  const std::lock_guard lock(mutex_);
  ++requests_[status];
  request_seconds_.observe(seconds);
}

void Metrics::count_deployment(std::string_view status, double seconds) {
  const std::lock_guard lock(mutex_);
  auto known = deployment_seconds_.find(status);
  if (known == deployment_seconds_.end()) {
    known = deployment_seconds_.emplace(std::string(status), Histogram(deployment_bounds())).first;
  }
  known->second.observe(seconds);
}

std::string Metrics::format() const {
  const std::lock_guard lock(mutex_);
  std::string out =
      head("rhumb_http_requests_total", "counter", "Requests by the status answered.");
  for (const auto& [status, count] : requests_) {
    out += fmt::format("rhumb_http_requests_total{{code=\"{}\"}} {}\n", status, count);
  }
  out += head("rhumb_http_request_seconds", "histogram", "How long requests took.");
  out += request_seconds_.format("rhumb_http_request_seconds", "");
  out += head("rhumb_deployment_seconds", "histogram",
              "How long the deployments took that were reported to this server since it started.");
  for (const auto& [status, histogram] : deployment_seconds_) {
    out += histogram.format("rhumb_deployment_seconds", "status=" + quoted(status));
  }
  return out;
}

Result<std::string> format_store_metrics(Session& session, int64_t org_id, int64_t now) {
  std::string out = TRY(format_databases(session, org_id));
  out += TRY(format_deployments(session, org_id));
  out += TRY(format_pending(session, org_id, now));
  out += TRY(format_deliveries(session, org_id, now));
  return out;
}

}  // namespace rhumb::registry
