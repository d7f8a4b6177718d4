#include "registry/alerts/webhook_changes.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "registry/alerts/webhook_address.h"
#include "registry/api/request_context.h"
#include "registry/content/repos.h"
#include "registry/names.h"
#include "registry/store/neighbours.h"

namespace rhumb::registry {
namespace {

using codec::Json;

constexpr size_t kSecretMax = 1024;
constexpr size_t kListMax = 100;
// What alerts call a status: of a deployment, a database, a CI run, a plan.
constexpr std::string_view kStatuses[] = {"PASSED",       "FAILED",  "NO_ACTION",  "DRY_RUN",
                                          "SYNCED",       "PENDING", "SUCCESSFUL", "APPROVED",
                                          "PENDING_USER", "ABORTED"};

Result<void> check_list(std::string_view what, const std::vector<std::string>& list) {
  if (list.size() > kListMax) {
    return Error(ErrorCode::kLimit, fmt::format("{}: at most {}", what, kListMax));
  }
  for (const std::string& text : list) {
    TRY(check_name(what, text));
  }
  return {};
}

Result<void> check_wish(const WebhookWish& wish) {
  if (wish.events) {
    TRY(check_list("events", *wish.events));
    for (const std::string& name : *wish.events) {
      if (!parse_alert_event(name)) {
        return invalid(fmt::format("unknown event \"{}\"; there are {}", name,
                                   join(alert_event_names(), ", ")));
      }
    }
  }
  if (wish.envs) {
    TRY(check_list("envs", *wish.envs));
  }
  if (wish.statuses) {
    TRY(check_list("statuses", *wish.statuses));
    for (const std::string& name : *wish.statuses) {
      if (std::ranges::find(kStatuses, name) == std::end(kStatuses)) {
        return invalid(
            fmt::format("unknown status \"{}\"; there are {}", name, join(kStatuses, ", ")));
      }
    }
  }
  if (wish.secret.value_or("").size() > kSecretMax) {
    return invalid(fmt::format("secret must not be longer than {} bytes", kSecretMax));
  }
  return check_length("repo", wish.repo.value_or(""));
}

Result<void> check_mail(const Registry& registry, WebhookType type) {
  return type != WebhookType::kEmail || registry.alert_settings.mail_server.is_configured()
             ? Result<void>()
             : Error(ErrorCode::kUnsupported,
                     "this server has no mail server; start it with --smtp-url and --smtp-from");
}

/// The columns of a webhook, and how many it may have beside it.
class WebhookJob {
 public:
  WebhookJob(Registry& registry, const Caller& caller, Session& session)
      : registry_(registry), caller_(caller), session_(session) {}

  Result<Webhook> create(const WebhookWish& wish) {
    Webhook webhook;
    webhook.org_id = caller_.org_id;
    webhook.type = wish.type.value_or(WebhookType::kGeneric);
    webhook.created_at = registry_.now();
    if (!wish.url) {
      return invalid("url is required");
    }
    TRY(check_mail(registry_, webhook.type));
    TRY(apply(wish, webhook));
    if (webhook.type == WebhookType::kWorkplace && !webhook.secret_sealed) {
      return invalid("secret is required: the access token of the Workplace integration");
    }
    TRY(check_count(webhook.filter));
    const Value id = TRY(session_.scalar(
        "INSERT INTO webhooks (org_id, type, url_shown, url_sealed, events, envs, statuses, "
        "created_at) VALUES (?, ?, '', ?, '[]', '[]', '[]', ?) RETURNING id",
        {webhook.org_id, to_text(webhook.type), webhook.url_sealed, webhook.created_at}));
    webhook.id = id.number();
    return store(webhook, "webhook.create", std::nullopt);
  }

  Result<Webhook> update(int64_t id, const WebhookWish& wish) {
    const Webhook before = TRY(load_webhook(session_, caller_.org_id, id));
    if (wish.type && *wish.type != before.type) {
      return invalid("type of a webhook cannot be changed; make another one");
    }
    Webhook after = before;
    TRY(apply(wish, after));
    if (before.filter.repo != after.filter.repo) {
      TRY(check_count(after.filter));
    }
    if (after.enabled && !before.enabled) {
      after.disabled_reason.reset();
      after.failing_since.reset();
    } else if (!after.enabled && before.enabled) {
      after.disabled_reason = fmt::format("disabled by {}", caller_.origin.actor.name);
      TRY(session_.run("UPDATE webhook_deliveries SET due_at = NULL WHERE webhook_id = ?", {id}));
    }
    return store(after, "webhook.update", shown(before, wish.secret || wish.url));
  }

  Result<void> remove(int64_t id) {
    const Webhook before = TRY(load_webhook(session_, caller_.org_id, id));
    TRY(session_.run("DELETE FROM webhook_deliveries WHERE webhook_id = ?", {id}));
    TRY(session_.run("DELETE FROM webhooks WHERE id = ?", {id}));
    AuditEntry entry =
        audit_entry(caller_, registry_.now(), "webhook.delete", fmt::format("webhook/{}", id));
    entry.before = shown(before, false);
    TRY(append_audit(session_, std::move(entry)));
    return tell_webhooks_changed(registry_, session_);
  }

 private:
  /// A webhook as the audit log shows it. That a secret or an address is another one is told, not
  /// which.
  static std::string shown(const Webhook& webhook, bool new_secrets) {
    Json out = Json::object({{"type", to_text(webhook.type)},
                             {"repo", text_json(webhook.repo_slug)},
                             {"url", webhook.url_shown},
                             {"hasSecret", webhook.secret_sealed.has_value()},
                             {"events", to_json(webhook.filter.events)},
                             {"envs", to_json(webhook.filter.envs)},
                             {"statuses", to_json(webhook.filter.statuses)},
                             {"enabled", webhook.enabled}});
    if (new_secrets) {
      out.set("secretsReplaced", true);
    }
    return codec::format_json(out);
  }

  Result<void> apply(const WebhookWish& wish, Webhook& webhook) {
    if (wish.repo) {
      TRY(apply_repo(*wish.repo, webhook));
    }
    if (wish.url) {
      const WebhookAddress address =
          TRY(read_webhook_address(webhook.type, *wish.url, wish.sensitive_part.value_or(""),
                                   registry_.alert_settings.guard));
      webhook.url_shown = address.shown;
      webhook.url_sealed = TRY(seal_url(registry_.seal, webhook.org_id, address.url));
    } else if (wish.sensitive_part) {
      return invalid("sensitivePart needs the url that it belongs to");
    }
    if (wish.secret) {
      webhook.secret_sealed.reset();
      if (!wish.secret->empty()) {
        webhook.secret_sealed = TRY(seal_secret(registry_.seal, webhook.org_id, *wish.secret));
      }
    }
    webhook.filter.events = wish.events.value_or(webhook.filter.events);
    webhook.filter.envs = wish.envs.value_or(webhook.filter.envs);
    webhook.filter.statuses = wish.statuses.value_or(webhook.filter.statuses);
    webhook.enabled = wish.enabled.value_or(webhook.enabled);
    return {};
  }

  Result<void> apply_repo(const std::string& name, Webhook& webhook) {
    webhook.filter.repo_id.reset();
    webhook.filter.repo.reset();
    webhook.repo_slug.reset();
    if (name.empty() || name == "*") {
      return {};
    }
    webhook.filter.repo = name;
    webhook.repo_slug = name;
    if (name.find_first_of("*?") != std::string::npos) {
      return {};
    }
    const std::optional<Repo> repo = TRY(find_repo(session_, caller_.org_id, name));
    if (!repo) {
      return Error(ErrorCode::kNotFound, fmt::format("repository \"{}\" not found", name));
    }
    webhook.filter.repo_id = repo->id;
    webhook.filter.repo = repo->slug;
    webhook.repo_slug = repo->slug;
    return {};
  }

  Result<void> check_count(const WebhookFilter& filter) {
    const Value count = TRY(
        session_.scalar("SELECT count(*) FROM webhooks WHERE org_id = ? AND coalesce(repo, '') = ?",
                        {caller_.org_id, filter.repo.value_or("")}));
    return count.number() < static_cast<int64_t>(kWebhooksMax)
               ? Result<void>()
               : Error(ErrorCode::kLimit,
                       fmt::format("a repository has at most {} webhooks", kWebhooksMax));
  }

  Result<Webhook> store(const Webhook& webhook,
                        std::string_view action,
                        std::optional<std::string> before) {
    const auto list = [](const std::vector<std::string>& texts) {
      return codec::format_json(to_json(texts));
    };
    TRY(
        session_.run("UPDATE webhooks SET repo_id = ?, repo = ?, url_shown = ?, url_sealed = ?, "
                     "secret_sealed = ?, events = ?, envs = ?, statuses = ?, enabled = ?, "
                     "disabled_reason = ?, failing_since = ? WHERE id = ?",
                     {webhook.filter.repo_id, webhook.filter.repo, webhook.url_shown,
                      webhook.url_sealed, webhook.secret_sealed, list(webhook.filter.events),
                      list(webhook.filter.envs), list(webhook.filter.statuses), webhook.enabled,
                      webhook.disabled_reason, webhook.failing_since, webhook.id}));
    AuditEntry entry = audit_entry(caller_, registry_.now(), std::string(action),
                                   fmt::format("webhook/{}", webhook.id));
    entry.before = std::move(before);
    entry.after = shown(webhook, false);
    TRY(append_audit(session_, std::move(entry)));
    TRY(tell_webhooks_changed(registry_, session_));
    return load_webhook(session_, webhook.org_id, webhook.id);
  }

  Registry& registry_;
  const Caller& caller_;
  Session& session_;
};

}  // namespace

Result<Webhook> create_webhook(Registry& registry, const Caller& caller, const WebhookWish& wish) {
  TRY(check_wish(wish));
  Result<Webhook> made = write_value<Webhook>(registry.store, [&](Session& session) {
    return WebhookJob(registry, caller, session).create(wish);
  });
  registry.alerts.forget();
  return made;
}

Result<Webhook> update_webhook(Registry& registry,
                               const Caller& caller,
                               int64_t id,
                               const WebhookWish& wish) {
  TRY(check_wish(wish));
  Result<Webhook> changed = write_value<Webhook>(registry.store, [&](Session& session) {
    return WebhookJob(registry, caller, session).update(id, wish);
  });
  registry.alerts.forget();
  return changed;
}

Result<void> delete_webhook(Registry& registry, const Caller& caller, int64_t id) {
  Result<void> removed = registry.store.write(
      [&](Session& session) { return WebhookJob(registry, caller, session).remove(id); });
  registry.alerts.forget();
  return removed;
}

}  // namespace rhumb::registry
