#include "registry/api/request_context.h"

#include <fmt/format.h>

#include <charconv>

#include "graphql/response.h"
#include "registry/names.h"

namespace rhumb::registry {
namespace {

using codec::Json;

void audit_refusal(RequestContext& context, std::string_view field, const Error& error) {
  AuditEntry entry = audit_entry(context.caller, context.registry.now(), "request.refused",
                                 fmt::format("operation/{}", field));
  entry.after = codec::format_json(Json::object(
      {{"code", graphql::extension_code(error.code())}, {"message", error.message()}}));
  // A log that cannot be written must not turn a refusal into anything else.
  (void)context.registry.store.write(
      [&entry](Session& session) -> Result<void> { return append_audit(session, entry); });
}

}  // namespace

int64_t RequestContext::begin_list(std::string_view type, size_t elements) {
  const bool is_schema = type == "ReportSchemaApplySetInput";
  sets_.emplace_back(is_schema ? kSchemaApplyKind : kApplyKind, elements);
  return static_cast<int64_t>(sets_.size()) - 1;
}

void RequestContext::take_element(int64_t list, const Json& element) {
  sets_.at(static_cast<size_t>(list)).add(element);
}

SetEntries& RequestContext::entries_of(const Json& input, std::string_view kind) {
  const std::optional<int64_t> list = input.find_int(kSetEntries);
  return list ? sets_.at(static_cast<size_t>(*list)) : sets_.emplace_back(kind, 0);
}

void bind_field(graphql::Resolvers& resolvers,
                std::string_view type,
                std::string_view field,
                RegistryResolver resolver) {
  resolvers.add(std::string(type), std::string(field),
                [resolver = std::move(resolver)](graphql::FieldCall& call) {
                  return resolver(static_cast<RequestContext&>(call.context()), call);
                });
}

void bind_root(graphql::Resolvers& resolvers,
               std::string_view type,
               std::string_view field,
               RegistryResolver resolver) {
  const bool writes = type == "Mutation";
  bind_field(resolvers, type, field,
             [resolver = std::move(resolver), writes, name = std::string(field)](
                 RequestContext& context, graphql::FieldCall& call) {
               Result<Json> result = resolver(context, call);
               if (!result && (writes || result.error().code() == ErrorCode::kDenied)) {
                 audit_refusal(context, name, result.error());
               }
               return result;
             });
}

Result<int64_t> read_id(const Json* id, std::string_view what) {
  std::optional<int64_t> number = id == nullptr ? std::nullopt : id->to_int();
  if (id != nullptr && id->is_string()) {
    const std::string& text = id->as_string();
    int64_t parsed = 0;
    auto end = std::from_chars(text.data(), text.data() + text.size(), parsed);
    if (end.ec == std::errc() && end.ptr == text.data() + text.size()) {
      number = parsed;
    }
  }
  if (!number.has_value()) {
    return Error(ErrorCode::kNotFound, fmt::format("{} not found", what));
  }
  return *number;
}

Result<std::optional<int64_t>> read_instant(const Json& input, std::string_view member) {
  std::optional<std::string_view> text = input.find_string(member);
  if (!text.has_value()) {
    return std::optional<int64_t>();
  }
  const registry_api::OptionalTime time = TRY(registry_api::parse_time(*text).context(member));
  return to_stored(time);
}

std::vector<std::string> read_texts(const Json& input, std::string_view member) {
  std::vector<std::string> out;
  if (const Json::Array* values = input.find_array(member)) {
    for (const Json& value : *values) {
      out.push_back(value.is_string() ? value.as_string() : "");
    }
  }
  return out;
}

Result<std::string> read_search(const Json& input, std::string_view member) {
  std::string text = input.string_or_empty(member);
  TRY(check_length(member, text));
  return text;
}

std::optional<std::string> read_text(const Json& input, std::string_view member) {
  const std::optional<std::string_view> text = input.find_string(member);
  return text ? std::optional<std::string>(*text) : std::nullopt;
}

Json time_json(const std::optional<int64_t>& time) {
  return time.has_value() ? Json(registry_api::format_time(from_stored(time))) : Json();
}

Json text_json(const std::optional<std::string>& text) {
  return text.has_value() ? Json(*text) : Json();
}

Json filled_json(const std::string& text) {
  return text.empty() ? Json() : Json(text);
}

Json actor_json(const Value& kind, const Value& id, const Value& name) {
  Json actor = Json::object({{"kind", kind.text()}, {"name", name.text()}});
  actor.set("id", id.is_null() ? Json() : Json(std::to_string(id.number())));
  return actor;
}

Json stored_json(const Value& text) {
  if (text.is_null()) {
    return {};
  }
  Result<Json> parsed = codec::parse_json(text.text());
  return parsed ? std::move(*parsed) : Json();
}

Json stored_list(const Value& text) {
  Json list = stored_json(text);
  return list.is_array() ? list : Json::array();
}

}  // namespace rhumb::registry
