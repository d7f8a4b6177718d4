#include "registry/alerts/renderers.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "codec/hex.h"
#include "codec/sha256.h"
#include "registry/alerts/alert_text.h"
#include "registry/alerts/webhook_address.h"

namespace rhumb::registry {
namespace {

using codec::Json;

// What the services take at most, in characters; we count bytes, which are never fewer.
constexpr size_t kSlackHeaderMax = 150;
constexpr size_t kSlackTextMax = 2900;
constexpr size_t kDiscordTitleMax = 256;
constexpr size_t kDiscordTextMax = 1800;
constexpr size_t kDiscordValueMax = 1000;
constexpr size_t kTeamsTextMax = 4000;
constexpr size_t kMailSubjectMax = 200;

/// The beginning of a text that is too long, cut between characters.
std::string cut_end(std::string_view text, size_t bytes_max) {
  constexpr std::string_view kMore = "...";
  if (text.size() <= bytes_max) {
    return std::string(text);
  }
  size_t size = bytes_max - kMore.size();
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) {
    --size;
  }
  return std::string(text.substr(0, size)) + std::string(kMore);
}

/// What was tried and what was said about it.
std::string code_of(const AlertText& text) {
  const bool both = !text.statement.empty() && !text.error.empty();
  return text.statement + (both ? "\n\n" : "") + text.error;
}

// ---------------------------------------------------------------------------------------- Slack

/// `&`, `<` and `>` are how Slack writes links and mentions.
std::string slack_escape(std::string_view text) {
  return replace_all(replace_all(replace_all(text, "&", "&amp;"), "<", "&lt;"), ">", "&gt;");
}

/// A text in a block of code, which three backticks would end.
std::string fenced(std::string_view text) {
  return fmt::format("```\n{}\n```", replace_all(text, "```", "'''"));
}

Json slack_text(std::string_view type, std::string text) {
  return Json::object({{"type", type}, {"text", std::move(text)}});
}

Json slack_section(std::string text) {
  return Json::object({{"type", "section"}, {"text", slack_text("mrkdwn", std::move(text))}});
}

std::string slack_facts(const AlertText& text) {
  std::vector<std::string> lines;
  lines.reserve(text.facts.size());
  for (const auto& [name, value] : text.facts) {
    lines.push_back(fmt::format("*{}:* {}", slack_escape(name), slack_escape(value)));
  }
  return cut_end(join(lines, "\n"), kSlackTextMax);
}

std::string_view slack_color(AlertTone tone) {
  switch (tone) {
    case AlertTone::kGood:
      return "#2e7d32";
    case AlertTone::kBad:
      return "#c62828";
    case AlertTone::kWaiting:
      return "#b26a00";
    case AlertTone::kPlain:
      break;
  }
  return "#546e7a";
}

int64_t discord_color(AlertTone tone) {
  switch (tone) {
    case AlertTone::kGood:
      return 0x2e7d32;
    case AlertTone::kBad:
      return 0xc62828;
    case AlertTone::kWaiting:
      return 0xb26a00;
    case AlertTone::kPlain:
      break;
  }
  return 0x546e7a;
}

std::string_view teams_color(AlertTone tone) {
  switch (tone) {
    case AlertTone::kGood:
      return "Good";
    case AlertTone::kBad:
      return "Attention";
    case AlertTone::kWaiting:
      return "Warning";
    case AlertTone::kPlain:
      break;
  }
  return "Default";
}

/// What Markdown would read as something else.
std::string markdown_escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view("\\`*_{}[]<>()#+-.!|~@").find(c) != std::string_view::npos) {
      out += '\\';
    }
    out += c;
  }
  return out;
}

Json teams_block(std::string text, std::string_view color) {
  return Json::object(
      {{"type", "TextBlock"}, {"text", std::move(text)}, {"wrap", true}, {"color", color}});
}

}  // namespace

Json slack_body(const Json& alert) {
  const AlertText text = describe_alert(alert);
  Json blocks = Json::array();
  blocks.push_back(Json::object(
      {{"type", "section"},
       {"text", slack_text("mrkdwn", fmt::format("*{}*", slack_escape(cut_end(
                                                             text.title, kSlackHeaderMax))))}}));
  if (!text.facts.empty()) {
    blocks.push_back(slack_section(slack_facts(text)));
  }
  if (const std::string code = code_of(text); !code.empty()) {
    blocks.push_back(slack_section(fenced(cut_end(slack_escape(code), kSlackTextMax))));
  }
  std::string end = slack_escape(text.next_step);
  if (!text.url.empty()) {
    end += fmt::format("{}<{}|Open in the registry>", end.empty() ? "" : "\n", text.url);
  }
  if (!end.empty()) {
    blocks.push_back(slack_section(std::move(end)));
  }
  Json attachment =
      Json::object({{"color", slack_color(text.tone)}, {"blocks", std::move(blocks)}});
  // The text is what notifications show; the blocks show the same in the channel.
  return Json::object(
      {{"text", slack_escape(text.title)}, {"attachments", Json::array({std::move(attachment)})}});
}

Json teams_body(const Json& alert) {
  const AlertText text = describe_alert(alert);
  Json title = teams_block(markdown_escape(text.title), teams_color(text.tone));
  title.set("weight", "Bolder");
  title.set("size", "Medium");
  Json blocks = Json::array();
  blocks.push_back(std::move(title));
  if (!text.facts.empty()) {
    Json facts = Json::array();
    for (const auto& [name, value] : text.facts) {
      facts.push_back(Json::object({{"title", name}, {"value", markdown_escape(value)}}));
    }
    blocks.push_back(Json::object({{"type", "FactSet"}, {"facts", std::move(facts)}}));
  }
  if (const std::string code = code_of(text); !code.empty()) {
    Json block = teams_block(
        cut_end(replace_all(markdown_escape(code), "\n", "\n\n"), kTeamsTextMax), "Default");
    block.set("fontType", "Monospace");
    blocks.push_back(std::move(block));
  }
  if (!text.next_step.empty()) {
    blocks.push_back(teams_block(markdown_escape(text.next_step), "Default"));
  }
  Json card = Json::object({{"$schema", "http://adaptivecards.io/schemas/adaptive-card.json"},
                            {"type", "AdaptiveCard"},
                            {"version", "1.4"},
                            {"body", std::move(blocks)}});
  if (!text.url.empty()) {
    card.set(
        "actions",
        Json::array({Json::object(
            {{"type", "Action.OpenUrl"}, {"title", "Open in the registry"}, {"url", text.url}})}));
  }
  Json attachment = Json::object({{"contentType", "application/vnd.microsoft.card.adaptive"},
                                  {"contentUrl", nullptr},
                                  {"content", std::move(card)}});
  return Json::object({{"type", "message"}, {"attachments", Json::array({std::move(attachment)})}});
}

Json discord_body(const Json& alert) {
  const AlertText text = describe_alert(alert);
  std::string description;
  if (const std::string code = code_of(text); !code.empty()) {
    description = fenced(cut_end(code, kDiscordTextMax)) + "\n";
  }
  description += markdown_escape(text.next_step);
  Json fields = Json::array();
  for (const auto& [name, value] : text.facts) {
    fields.push_back(Json::object({{"name", name},
                                   {"value", cut_end(markdown_escape(value), kDiscordValueMax)},
                                   {"inline", true}}));
  }
  Json embed = Json::object({{"title", cut_end(text.title, kDiscordTitleMax)},
                             {"description", description},
                             {"color", discord_color(text.tone)},
                             {"fields", std::move(fields)}});
  embed.set_unless_empty("url", text.url);
  // Nobody is called by a name that stands in an error.
  return Json::object({{"embeds", Json::array({std::move(embed)})},
                       {"allowed_mentions", Json::object({{"parse", Json::array()}})}});
}

Json workplace_body(const Json& alert) {
  const AlertText text = describe_alert(alert);
  std::string message = fmt::format("**{}**\n", markdown_escape(text.title));
  for (const auto& [name, value] : text.facts) {
    message += fmt::format("\n{}: {}", name, markdown_escape(value));
  }
  if (const std::string code = code_of(text); !code.empty()) {
    message += "\n" + fenced(code);
  }
  for (const std::string& line : {markdown_escape(text.next_step), text.url}) {
    message += line.empty() ? "" : "\n" + line;
  }
  return Json::object({{"message", std::move(message)}, {"formatting", "MARKDOWN"}});
}

std::string plain_text(const Json& alert) {
  const AlertText text = describe_alert(alert);
  std::string out = text.title + "\n";
  size_t width = 0;
  for (const auto& fact : text.facts) {
    width = std::max(width, fact.first.size());
  }
  out += text.facts.empty() ? "" : "\n";
  for (const auto& [name, value] : text.facts) {
    out += fmt::format("  {:{}}  {}\n", name + ":", width + 1, value);
  }
  for (const std::string& code : {text.statement, text.error}) {
    if (!code.empty()) {
      out += "\n  " + replace_all(code, "\n", "\n  ") + "\n";
    }
  }
  for (const std::string& line : {text.next_step, text.url}) {
    out += line.empty() ? "" : "\n" + line + "\n";
  }
  return out;
}

BodySignatures sign_body(std::string_view secret, std::string_view body) {
  const auto key = codec::as_bytes(secret);
  const auto message = codec::as_bytes(body);
  return {"sha1=" + codec::hex_encode(codec::hmac_sha1(key, message)),
          "sha256=" + codec::hex_encode(codec::hmac_sha256(key, message))};
}

WebhookRequest render_request(WebhookType type,
                              const RenderedAlert& alert,
                              const WebhookSecrets& secrets) {
  WebhookRequest request;
  request.url = secrets.url;
  const Json body = type == WebhookType::kSlack       ? slack_body(alert.body)
                    : type == WebhookType::kTeams     ? teams_body(alert.body)
                    : type == WebhookType::kDiscord   ? discord_body(alert.body)
                    : type == WebhookType::kWorkplace ? workplace_body(alert.body)
                                                      : alert.body;
  request.body = codec::format_json(body, {.escape_html = false});
  request.headers = {{"Content-Type", "application/json"},
                     {"User-Agent", "Rhumb-Registry"},
                     {"X-Registry-Event", std::string(alert.event)},
                     {"X-Registry-Delivery", std::string(alert.guid)}};
  if (type == WebhookType::kWorkplace) {
    request.headers.emplace_back("Authorization", "Bearer " + secrets.secret);
  } else if (!secrets.secret.empty()) {
    const BodySignatures signatures = sign_body(secrets.secret, request.body);
    request.headers.emplace_back("X-Hub-Signature", signatures.sha1);
    request.headers.emplace_back("X-Hub-Signature-256", signatures.sha256);
  }
  return request;
}

Result<http::Mail> render_mail(const RenderedAlert& alert,
                               std::string_view url,
                               const std::string& from) {
  const std::string sender = TRY(http::mail_address(from).context("--smtp-from"));
  http::Mail mail;
  mail.from = from;
  mail.to = TRY(read_recipients(url));
  mail.subject = cut_end(describe_alert(alert.body).title, kMailSubjectMax);
  mail.text = plain_text(alert.body);
  mail.message_id = fmt::format("{}@{}", alert.guid, sender.substr(sender.rfind('@') + 1));
  mail.date = std::chrono::floor<std::chrono::seconds>(
      std::chrono::sys_time<std::chrono::nanoseconds>(std::chrono::nanoseconds(alert.created_at)));
  mail.headers = {{"X-Registry-Event", std::string(alert.event)},
                  {"X-Registry-Delivery", std::string(alert.guid)},
                  {"Auto-Submitted", "auto-generated"}};
  return mail;
}

}  // namespace rhumb::registry
