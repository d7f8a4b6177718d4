#include "registry/alerts/webhook.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "registry/identity/access.h"

namespace rhumb::registry {
namespace {

using codec::Json;

// By the value of the enumerator.
constexpr std::array<std::string_view, 6> kTypes = {"GENERIC", "SLACK",   "WORKPLACE",
                                                    "TEAMS",   "DISCORD", "EMAIL"};
constexpr std::string_view kColumns =
    "w.id, w.org_id, w.repo_id, w.repo, w.type, w.url_shown, w.url_sealed, w.secret_sealed, "
    "w.events, w.envs, w.statuses, w.enabled, w.disabled_reason, w.failing_since, w.created_at, "
    "r.slug";

std::vector<std::string> read_list(const Value& text) {
  std::vector<std::string> out;
  const Result<Json> list = codec::parse_json(text.text());
  if (list && list->is_array()) {
    for (const Json& entry : list->as_array()) {
      out.push_back(entry.is_string() ? entry.as_string() : "");
    }
  }
  return out;
}

Webhook read_webhook(const Row& row) {
  Webhook webhook;
  webhook.id = row[0].number();
  webhook.org_id = row[1].number();
  webhook.filter.repo_id = row[2].find_number();
  webhook.filter.repo = row[3].find_text();
  webhook.type = parse_webhook_type(row[4].text()).value_or(WebhookType::kGeneric);
  webhook.url_shown = row[5].text();
  webhook.url_sealed = Blob{row[6].text()};
  if (!row[7].is_null()) {
    webhook.secret_sealed = Blob{row[7].text()};
  }
  webhook.filter.events = read_list(row[8]);
  webhook.filter.envs = read_list(row[9]);
  webhook.filter.statuses = read_list(row[10]);
  webhook.enabled = row[11].flag();
  webhook.disabled_reason = row[12].find_text();
  webhook.failing_since = row[13].find_number();
  webhook.created_at = row[14].number();
  webhook.repo_slug = row[15].is_null() ? webhook.filter.repo : row[15].find_text();
  return webhook;
}

std::string select(std::string_view rest) {
  return fmt::format("SELECT {} FROM webhooks w LEFT JOIN repos r ON r.id = w.repo_id {}", kColumns,
                     rest);
}

std::string purpose(std::string_view what, int64_t org_id) {
  return fmt::format("webhook.{}:{}", what, org_id);
}

}  // namespace

std::string_view to_text(WebhookType type) {
  return kTypes[static_cast<size_t>(type)];
}

std::optional<WebhookType> parse_webhook_type(std::string_view text) {
  const auto* found = std::find(kTypes.begin(), kTypes.end(), text);
  return found == kTypes.end() ? std::nullopt
                               : std::optional(static_cast<WebhookType>(found - kTypes.begin()));
}

AlertEvents WebhookFilter::wanted() const {
  if (events.empty()) {
    return AlertEvents::usual();
  }
  AlertEvents out;
  for (const std::string& name : events) {
    if (const std::optional<AlertEvent> event = parse_alert_event(name)) {
      out.add(*event);
    }
  }
  return out;
}

bool is_of_repo(const WebhookFilter& filter, int64_t repo_id, std::string_view repo_slug) {
  if (filter.repo_id) {
    return *filter.repo_id == repo_id;
  }
  return !filter.repo || (repo_id != 0 && matches_glob(*filter.repo, repo_slug));
}

bool wants(const WebhookFilter& filter, const AlertSubject& subject) {
  const auto is_in = [](const std::vector<std::string>& list, const std::string& text) {
    return list.empty() || text.empty() || std::ranges::find(list, text) != list.end();
  };
  const bool fits_env = filter.envs.empty() || subject.env.empty() ||
                        std::ranges::any_of(filter.envs, [&subject](const std::string& glob) {
                          return matches_glob(glob, subject.env);
                        });
  return filter.wanted().has(subject.event) &&
         is_of_repo(filter, subject.repo_id, subject.repo_slug) && fits_env &&
         is_in(filter.statuses, subject.status);
}

Result<AlertEvents> read_wanted_events(Session& session, int64_t org_id) {
  AlertEvents events;
  TRY(session.for_each("SELECT events FROM webhooks WHERE org_id = ? AND enabled = 1", {org_id},
                       [&events](const Row& row) {
                         WebhookFilter filter;
                         filter.events = read_list(row[0]);
                         events.add(filter.wanted());
                         return true;
                       }));
  return events;
}

Result<std::vector<Webhook>> list_webhooks(Session& session, int64_t org_id, bool enabled_only) {
  std::vector<Webhook> out;
  TRY(session.for_each(select(enabled_only ? "WHERE w.org_id = ? AND w.enabled = 1 ORDER BY w.id"
                                           : "WHERE w.org_id = ? ORDER BY w.id"),
                       {org_id}, [&out](const Row& row) {
                         out.push_back(read_webhook(row));
                         return true;
                       }));
  return out;
}

Result<Webhook> load_webhook(Session& session, int64_t org_id, int64_t id) {
  const std::optional<Row> row =
      TRY(session.find_row(select("WHERE w.org_id = ? AND w.id = ?"), {org_id, id}));
  if (!row) {
    return Error(ErrorCode::kNotFound, "webhook not found");
  }
  return read_webhook(*row);
}

Result<WebhookSecrets> open_secrets(const Webhook& webhook, const StoreSeal& seal) {
  WebhookSecrets secrets;
  secrets.url = TRY(seal.open(purpose("url", webhook.org_id), webhook.url_sealed.bytes));
  if (webhook.secret_sealed) {
    secrets.secret =
        TRY(seal.open(purpose("secret", webhook.org_id), webhook.secret_sealed->bytes));
  }
  return secrets;
}

Result<Blob> seal_url(const StoreSeal& seal, int64_t org_id, std::string_view url) {
  return seal.seal(purpose("url", org_id), url);
}

Result<Blob> seal_secret(const StoreSeal& seal, int64_t org_id, std::string_view secret) {
  return seal.seal(purpose("secret", org_id), secret);
}

}  // namespace rhumb::registry
