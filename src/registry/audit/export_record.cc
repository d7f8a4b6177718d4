#include "registry/audit/export_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/utf8.h"
#include "codec/base64.h"
#include "codec/hex.h"
#include "registry/audit/csv_line.h"

namespace rhumb::registry {
namespace {

using codec::Json;

// Of files that are kept elsewhere: never change what a name means.
constexpr int64_t kFormat = 1;
constexpr std::string_view kCsvHead =
    "type,seq,time,org,actor_kind,actor_id,actor_name,token_prefix,ip,user_agent,request_id,"
    "action,object,before,after,format,prev_hash,hash,leaf,redacted_by,data\n";
constexpr size_t kCsvColumns = 21;
constexpr std::string_view kEntryType = "entry";

std::string hex(const codec::Sha256& hash) {
  return codec::hex_encode(hash);
}

Result<codec::Sha256> read_hash(const Json& json, std::string_view member) {
  return parse_hash(json.string_or_empty(member)).context(member);
}

// ------------------------------------------------------------------------------------ JSON:
// entries

/// Entries of earlier releases may hold bytes that are no text.
Json text_json_of(const std::string& text) {
  return is_valid_utf8(text) ? Json(text)
                             : Json::object({{"base64", format_bytes(codec::as_bytes(text))}});
}

Result<std::string> read_text_of(const Json& json, std::string_view member) {
  const Json* const value = json.find(member);
  if (value != nullptr && value->is_object()) {
    const std::vector<std::byte> bytes =
        TRY(codec::base64_decode(value->string_or_empty("base64")).context(member));
    return codec::to_string(bytes);
  }
  return json.string_or_empty(member);
}

/// A document of an entry: as it is where printing it again gives the same bytes, else as a text.
void set_document(Json& json, const char* name, const std::optional<std::string>& text) {
  if (!text) {
    return;
  }
  Result<Json> document = codec::parse_json(*text);
  if (document && codec::format_json(*document) == *text) {
    json.set(name, std::move(*document));
  } else {
    json.set(fmt::format("{}Text", name), text_json_of(*text));
  }
}

Result<std::optional<std::string>> read_document(const Json& json, const char* name) {
  if (const Json* const document = json.find(name)) {
    return std::optional(codec::format_json(*document));
  }
  const std::string member = fmt::format("{}Text", name);
  if (!json.contains(member)) {
    return std::optional<std::string>();
  }
  std::string text = TRY(read_text_of(json, member));
  return std::optional(std::move(text));
}

Json to_json(const SealedEntry& sealed) {
  const AuditEntry& entry = sealed.entry;
  const Origin& origin = entry.origin;
  Json actor = Json::object({{"kind", text_json_of(origin.actor.kind)}});
  if (origin.actor.id) {
    actor.set("id", *origin.actor.id);
  }
  actor.set("name", text_json_of(origin.actor.name));
  Json json = Json::object({{"type", kEntryType},
                            {"seq", entry.seq},
                            {"time", format_audit_time(entry.time)},
                            {"org", entry.org_id},
                            {"actor", std::move(actor)},
                            {"tokenPrefix", text_json_of(origin.token_prefix)},
                            {"ip", text_json_of(origin.ip)},
                            {"userAgent", text_json_of(origin.user_agent)},
                            {"requestID", text_json_of(origin.request_id)},
                            {"action", text_json_of(entry.action)},
                            {"object", text_json_of(entry.object)}});
  set_document(json, "before", entry.before);
  set_document(json, "after", entry.after);
  json.set("format", sealed.format);
  json.set("prevHash", hex(sealed.previous));
  json.set("hash", hex(sealed.hash));
  if (sealed.leaf) {
    json.set("leaf", hex(*sealed.leaf));
  }
  if (sealed.redacted_by) {
    json.set("redactedBy", *sealed.redacted_by);
  }
  return json;
}

Result<Actor> read_actor(const Json& json) {
  const Json* const value = json.find_object("actor");
  if (value == nullptr) {
    return invalid("an entry has no actor");
  }
  Actor actor;
  actor.kind = TRY(read_text_of(*value, "kind"));
  actor.id = value->find_int("id");
  actor.name = TRY(read_text_of(*value, "name"));
  return actor;
}

Result<SealedEntry> read_entry(const Json& json) {
  SealedEntry sealed;
  AuditEntry& entry = sealed.entry;
  entry.seq = json.find_int("seq").value_or(0);
  entry.time = TRY(read_audit_time(json, "time"));
  entry.org_id = json.find_int("org").value_or(0);
  entry.origin.actor = TRY(read_actor(json));
  entry.origin.token_prefix = TRY(read_text_of(json, "tokenPrefix"));
  entry.origin.ip = TRY(read_text_of(json, "ip"));
  entry.origin.user_agent = TRY(read_text_of(json, "userAgent"));
  entry.origin.request_id = TRY(read_text_of(json, "requestID"));
  entry.action = TRY(read_text_of(json, "action"));
  entry.object = TRY(read_text_of(json, "object"));
  entry.before = TRY(read_document(json, "before"));
  entry.after = TRY(read_document(json, "after"));
  sealed.format = json.find_int("format").value_or(0);
  sealed.previous = TRY(read_hash(json, "prevHash"));
  sealed.hash = TRY(read_hash(json, "hash"));
  if (json.contains("leaf")) {
    sealed.leaf = TRY(read_hash(json, "leaf"));
  }
  sealed.redacted_by = json.find_int("redactedBy");
  return sealed;
}

// ----------------------------------------------------------------------------- JSON: everything
// else

Json filter_json(const AuditFilter& filter) {
  Json json = Json::object();
  if (filter.from) {
    json.set("from", format_audit_time(*filter.from));
  }
  if (filter.to) {
    json.set("to", format_audit_time(*filter.to));
  }
  Json actions = Json::array();
  for (const std::string& action : filter.actions) {
    actions.push_back(action);
  }
  json.set_unless_empty("actions", std::move(actions));
  json.set_unless_empty("actor", filter.actor);
  json.set_unless_empty("object", filter.object);
  if (filter.org_id) {
    json.set("org", *filter.org_id);
  }
  return json;
}

Result<AuditFilter> read_filter(const Json& json) {
  AuditFilter filter;
  if (json.contains("from")) {
    filter.from = TRY(read_audit_time(json, "from"));
  }
  if (json.contains("to")) {
    filter.to = TRY(read_audit_time(json, "to"));
  }
  if (const Json::Array* actions = json.find_array("actions")) {
    for (const Json& action : *actions) {
      filter.actions.push_back(action.is_string() ? action.as_string() : "");
    }
  }
  filter.actor = json.string_or_empty("actor");
  filter.object = json.string_or_empty("object");
  filter.org_id = json.find_int("org");
  return filter;
}

Json to_json(const ExportBegin& begin) {
  return Json::object({{"type", "export"},
                       {"v", kFormat},
                       {"complete", begin.complete},
                       {"base", begin.base.seq},
                       {"baseHash", hex(begin.base.hash)},
                       {"filter", filter_json(begin.filter)}});
}

Result<ExportRecord> read_begin(const Json& json) {
  ExportBegin begin;
  begin.complete = json.find_bool("complete").value_or(false);
  begin.base.seq = json.find_int("base").value_or(0);
  begin.base.hash = TRY(read_hash(json, "baseHash"));
  if (const Json* filter = json.find_object("filter")) {
    begin.filter = TRY(read_filter(*filter));
  }
  return ExportRecord(std::move(begin));
}

Json to_json(const ExportLinks& links) {
  Json leaves = Json::array();
  for (const codec::Sha256& leaf : links.leaves) {
    leaves.push_back(hex(leaf));
  }
  return Json::object({{"type", "links"}, {"first", links.first}, {"leaves", std::move(leaves)}});
}

Result<ExportRecord> read_links(const Json& json) {
  ExportLinks links{.first = json.find_int("first").value_or(0)};
  if (const Json::Array* leaves = json.find_array("leaves")) {
    for (const Json& leaf : *leaves) {
      const codec::Sha256 hash = TRY(parse_hash(leaf.is_string() ? leaf.as_string() : ""));
      links.leaves.push_back(hash);
    }
  }
  return ExportRecord(std::move(links));
}

Json to_json(const ExportBreak& /*record*/) {
  return Json::object({{"type", "break"}});
}

/// What the signature of an end is of.
Json unsigned_json(const ExportEnd& end) {
  Json json = Json::object({{"type", "end"},
                            {"v", kFormat},
                            {"entries", end.entries},
                            {"seq", end.head.seq},
                            {"hash", hex(end.head.hash)},
                            {"digest", hex(end.digest)}});
  if (end.key) {
    json.set("key", format_bytes(*end.key));
  }
  return json;
}

Json to_json(const ExportEnd& end) {
  Json json = unsigned_json(end);
  if (end.key) {
    json.set("signature", format_bytes(end.signature));
  }
  return json;
}

Result<ExportRecord> read_end(const Json& json) {
  ExportEnd end;
  end.entries = json.find_int("entries").value_or(0);
  end.head.seq = json.find_int("seq").value_or(0);
  end.head.hash = TRY(read_hash(json, "hash"));
  end.digest = TRY(read_hash(json, "digest"));
  if (json.contains("key")) {
    TRY(read_bytes(json, "key", end.key.emplace()));
    TRY(read_bytes(json, "signature", end.signature));
  }
  return ExportRecord(end);
}

Result<ExportRecord> read_json_record(const Json& json, std::string_view text) {
  const std::string type = json.string_or_empty("type");
  if (type == kEntryType) {
    SealedEntry entry = TRY(read_entry(json));
    return ExportRecord(std::move(entry));
  }
  if (type == "checkpoint") {
    SignedCheckpoint checkpoint = TRY(parse_checkpoint(text));
    return ExportRecord(std::move(checkpoint));
  }
  if (type == "break") {
    return ExportRecord(ExportBreak{});
  }
  return type == "links"    ? read_links(json)
         : type == "export" ? read_begin(json)
         : type == "end"    ? read_end(json)
                            : invalid(fmt::format("\"{}\" is no type of record", type));
}

Json record_json(const ExportRecord& record) {
  return std::visit([](const auto& one) { return to_json(one); }, record);
}

// ----------------------------------------------------------------------------------------------
// CSV

std::optional<std::string> number_text(const std::optional<int64_t>& number) {
  return number ? std::optional(std::to_string(*number)) : std::nullopt;
}

std::vector<CsvCell> entry_cells(const SealedEntry& sealed) {
  const AuditEntry& entry = sealed.entry;
  const Origin& origin = entry.origin;
  return {std::string(kEntryType),
          std::to_string(entry.seq),
          format_audit_time(entry.time),
          std::to_string(entry.org_id),
          origin.actor.kind,
          number_text(origin.actor.id),
          origin.actor.name,
          origin.token_prefix,
          origin.ip,
          origin.user_agent,
          origin.request_id,
          entry.action,
          entry.object,
          entry.before,
          entry.after,
          std::to_string(sealed.format),
          hex(sealed.previous),
          hex(sealed.hash),
          sealed.leaf ? std::optional(hex(*sealed.leaf)) : std::nullopt,
          number_text(sealed.redacted_by),
          std::nullopt};
}

std::string format_csv(const ExportRecord& record) {
  if (const SealedEntry* sealed = std::get_if<SealedEntry>(&record)) {
    return format_csv_line(entry_cells(*sealed));
  }
  const Json json = record_json(record);
  std::vector<CsvCell> cells(kCsvColumns);
  cells.front() = json.string_or_empty("type");
  cells.back() = codec::format_json(json);
  return format_csv_line(cells);
}

int64_t read_number(const CsvCell& cell) {
  int64_t number = 0;
  if (cell) {
    (void)std::from_chars(cell->data(), cell->data() + cell->size(), number);
  }
  return number;
}

std::optional<int64_t> find_number(const CsvCell& cell) {
  return cell ? std::optional(read_number(cell)) : std::nullopt;
}

Result<ExportRecord> read_entry_cells(const std::vector<CsvCell>& cells) {
  const auto text = [&cells](size_t column) { return cells[column].value_or(""); };
  SealedEntry sealed;
  AuditEntry& entry = sealed.entry;
  entry.seq = read_number(cells[1]);
  const Json time = Json::object({{"time", text(2)}});
  entry.time = TRY(read_audit_time(time, "time"));
  entry.org_id = read_number(cells[3]);
  entry.origin.actor = Actor{text(4), find_number(cells[5]), text(6)};
  entry.origin.token_prefix = text(7);
  entry.origin.ip = text(8);
  entry.origin.user_agent = text(9);
  entry.origin.request_id = text(10);
  entry.action = text(11);
  entry.object = text(12);
  entry.before = cells[13];
  entry.after = cells[14];
  sealed.format = read_number(cells[15]);
  sealed.previous = TRY(parse_hash(text(16)));
  sealed.hash = TRY(parse_hash(text(17)));
  if (cells[18]) {
    sealed.leaf = TRY(parse_hash(text(18)));
  }
  sealed.redacted_by = find_number(cells[19]);
  return ExportRecord(std::move(sealed));
}

Result<ExportRecord> read_csv_record(std::string_view line) {
  const std::vector<CsvCell> cells = TRY(parse_csv_line(line));
  if (cells.size() != kCsvColumns) {
    return invalid(fmt::format("a record has {} columns instead of {}", cells.size(), kCsvColumns));
  }
  if (cells.front() == kEntryType) {
    return read_entry_cells(cells);
  }
  const std::string data = cells.back().value_or("");
  const Json json = TRY(codec::parse_json(data));
  return read_json_record(json, data);
}

}  // namespace

bool AuditFilter::takes_all() const {
  return !from && !to && actions.empty() && actor.empty() && object.empty() && !org_id;
}

bool AuditFilter::takes(const AuditEntry& entry) const {
  const bool is_action =
      actions.empty() || std::ranges::find(actions, entry.action) != actions.end();
  return is_action && (!from || entry.time >= *from) && (!to || entry.time < *to) &&
         (actor.empty() || entry.origin.actor.name == actor) &&
         (object.empty() || entry.object == object) && (!org_id || entry.org_id == *org_id);
}

std::string format_record(const ExportRecord& record, ExportFormat format) {
  return format == ExportFormat::kCsv ? format_csv(record)
                                      : codec::format_json(record_json(record)) + "\n";
}

Result<ExportRecord> parse_record(std::string_view line, ExportFormat format) {
  Result<ExportRecord> record = invalid("");
  if (format == ExportFormat::kCsv) {
    record = read_csv_record(line);
  } else {
    const Json json = TRY(codec::parse_json(line));
    record = read_json_record(json, line);
  }
  if (!record) {
    return record;
  }
  const std::string again = format_record(*record, format);
  if (std::string_view(again).substr(0, again.size() - 1) != line) {
    return invalid("a record is not as it was written");
  }
  return record;
}

std::string_view export_head(ExportFormat format) {
  return format == ExportFormat::kCsv ? kCsvHead : std::string_view();
}

Result<ExportEnd> sign_end(ExportEnd end, const std::optional<AuditKey>& key) {
  if (key) {
    end.key = key->public_key;
    end.signature = TRY(codec::sign_ed25519(key->seed, codec::format_json(unsigned_json(end))));
  }
  return end;
}

bool is_signed(const ExportEnd& end, const TrustedKeys& trusted) {
  return end.key &&
         is_signed_by(trusted, *end.key, codec::format_json(unsigned_json(end)), end.signature);
}

}  // namespace rhumb::registry
