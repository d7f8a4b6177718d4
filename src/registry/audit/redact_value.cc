#include "registry/audit/redact_value.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>

#include "base/text.h"
#include "codec/compress.h"
#include "codec/hex.h"
#include "registry/audit/chain.h"
#include "registry/content/repos.h"
#include "registry/store/bodies.h"

namespace rhumb::registry {
namespace {

using codec::Json;

// One step of the work: what a transaction looks at, and what its entry of the log names.
constexpr int64_t kBodyBytesAtOnce = int64_t{4} << 20;
constexpr int64_t kBodiesAtOnce = 500;
constexpr int64_t kRowsAtOnce = 5000;
constexpr int64_t kEntriesAtOnce = 500;

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> out;
  for (const std::string_view word : split(text, ' ')) {
    if (!word.empty()) {
      out.emplace_back(word);
    }
  }
  return out;
}

struct FoundBody {
  int64_t id = 0;
  Value sha256;
  std::string redacted;
};

class Redactor {
 public:
  Redactor(Registry& registry, const Caller& caller, const RedactionRequest& request)
      : registry_(registry), caller_(caller), request_(request) {}

  Result<RedactionCounts> run() {
    TRY(begin());
    TRY(redact_bodies());
    for (const RedactedTable& table : redacted_tables()) {
      TRY(redact_rows(table));
    }
    TRY(redact_entries());
    TRY(end());
    return counts_;
  }

 private:
  Store& store() { return registry_.store; }

  Result<void> append(Session& session, const Json& after) {
    AuditEntry entry =
        audit_entry(caller_, registry_.now(), std::string(kRedactAction),
                    repo_slug_.empty() ? "organization/" + caller_.org_slug : "repo/" + repo_slug_);
    entry.after = codec::format_json(after);
    return append_audit(session, std::move(entry));
  }

  /// Said before anything is changed, so that no change is without an entry.
  Result<void> begin() {
    return store().write([this](Session& session) -> Result<void> {
      if (request_.repo) {
        const std::optional<Repo> repo = TRY(find_repo(session, caller_.org_id, *request_.repo));
        if (!repo) {
          return Error(ErrorCode::kNotFound, "repository not found");
        }
        repo_id_ = repo->id;
        repo_slug_ = repo->slug;
      }
      const Value others =
          TRY(session.scalar("SELECT count(*) FROM organizations WHERE id <> ?", {caller_.org_id}));
      is_alone_ = others.number() == 0;
      return append(session, Json::object({{"state", "begun"}, {"reason", request_.reason}}));
    });
  }

  Result<void> end() {
    return store().write([this](Session& session) {
      return append(session, Json::object({{"state", "done"},
                                           {"texts", counts_.texts},
                                           {"rows", counts_.rows},
                                           {"entries", counts_.entries}}));
    });
  }

  // -------------------------------------------------------------------------------------- bodies

  Result<void> redact_bodies() {
    int64_t after = 0;
    while (true) {
      std::vector<FoundBody> found;
      const int64_t last = TRY(find_bodies(after, found));
      for (const FoundBody& body : found) {
        TRY(replace_body(body));
      }
      if (last == after) {
        return {};
      }
      after = last;
    }
  }

  /// Looks at some bodies behind `after`, as many as may be held at once. -> the last one
  Result<int64_t> find_bodies(int64_t after, std::vector<FoundBody>& found) {
    return read_value<int64_t>(store(), [&](Session& session) -> Result<int64_t> {
      found.clear();
      int64_t last = after;
      int64_t bytes = 0;
      const Rows sizes = TRY(session.query(
          "SELECT id, size FROM bodies WHERE id > ? ORDER BY id LIMIT ?", {after, kBodiesAtOnce}));
      for (const Row& row : sizes) {
        TRY(look_into(session, row[0].number(), found));
        last = row[0].number();
        bytes += found.empty() || found.back().id != last ? 0 : row[1].number();
        if (bytes > kBodyBytesAtOnce) {
          break;
        }
      }
      return last;
    });
  }

  Result<void> look_into(Session& session, int64_t id, std::vector<FoundBody>& found) {
    const std::optional<Row> row =
        TRY(session.find_row("SELECT sha256, size, data FROM bodies WHERE id = ?", {id}));
    if (!row) {
      return {};
    }
    const std::string text =
        TRY(codec::zstd_decompress((*row)[2].text(), static_cast<size_t>((*row)[1].number())));
    std::optional<std::string> redacted = request_.redaction.redact(text);
    if (redacted) {
      found.push_back({id, (*row)[0], *std::move(redacted)});
    }
    return {};
  }

  /// In place where nobody else's rows refer to it, so that references stay, and the same text that
  /// comes later finds the redacted one. Else the rows get one of their own.
  Result<void> replace_body(const FoundBody& body) {
    const Body made = make_body(body.redacted);
    bool is_changed = false;
    TRY(store().write([&](Session& session) -> Result<void> {
      is_changed = false;
      const bool is_everything = is_alone_ && repo_id_ == 0;
      if (!is_everything && !TRY(refers(session, body.sha256, /*inside=*/true))) {
        return {};
      }
      is_changed = true;
      if (!is_alone_ && TRY(refers(session, body.sha256, /*inside=*/false))) {
        TRY(put_body(session, made));
        return point_rows(session, body.sha256, made.sha256);
      }
      TRY(session.run("UPDATE bodies SET data = ?, size = ?, redacted_sha256 = ? WHERE id = ?",
                      {Blob{made.compressed}, made.size, made.sha256, body.id}));
      return append(
          session,
          Json::object(
              {{"bodies", Json::array({Json::object({{"id", body.id},
                                                     {"content", codec::hex_encode(codec::as_bytes(
                                                                     made.sha256.bytes))}})})}}));
    }));
    counts_.texts += is_changed ? 1 : 0;
    return {};
  }

  /// Whether a row of ours, or one of other organizations, refers to a body.
  Result<bool> refers(Session& session, const Value& sha256, bool inside) {
    for (const RedactedTable& table : redacted_tables()) {
      for (const std::string& column : words(table.bodies)) {
        const std::string_view ours = inside ? scope(table) : table.in_org;
        if (ours.empty()) {
          continue;
        }
        const Value found =
            TRY(session.scalar(fmt::format("SELECT 1 FROM {} WHERE {} = ?2 AND {}({}) LIMIT 1",
                                           table.name, column, inside ? "" : "NOT ", ours),
                               {inside ? scope_id() : caller_.org_id, sha256}));
        if (!found.is_null()) {
          return true;
        }
      }
    }
    return false;
  }

  Result<void> point_rows(Session& session, const Value& from, const Blob& to) {
    for (const RedactedTable& table : redacted_tables()) {
      for (const std::string& column : words(table.bodies)) {
        if (!scope(table).empty()) {
          TRY(session.run(fmt::format("UPDATE {} SET {} = ?2 WHERE {} = ?3 AND ({})", table.name,
                                      column, column, scope(table)),
                          {scope_id(), to, from}));
        }
      }
    }
    return {};
  }

  // ---------------------------------------------------------------------------------------- rows

  [[nodiscard]] std::string_view scope(const RedactedTable& table) const {
    return repo_id_ == 0 ? table.in_org : table.in_repo;
  }
  [[nodiscard]] int64_t scope_id() const { return repo_id_ == 0 ? caller_.org_id : repo_id_; }

  Result<void> redact_rows(const RedactedTable& table) {
    const std::vector<std::string> columns = words(table.texts);
    if (columns.empty() || scope(table).empty()) {
      return {};
    }
    const std::string first_key = words(table.key).front();
    int64_t from = 0;
    while (true) {
      // Rows of one first key stay together, however many there are.
      const Value to = TRY(read_value<Value>(store(), [&](Session& session) {
        return session.scalar(
            fmt::format("SELECT max(k) FROM (SELECT {} AS k FROM {} WHERE {} > ? ORDER BY {} LIMIT "
                        "?) AS page",
                        first_key, table.name, first_key, first_key),
            {from, kRowsAtOnce});
      }));
      if (to.is_null()) {
        return {};
      }
      TRY(redact_range(table, columns, from, to.number()));
      from = to.number();
    }
  }

  /// `column` without the secret, as a statement computes it from the parameters behind the third.
  [[nodiscard]] std::string without(const std::string& column) const {
    std::string out = column;
    for (size_t i = 0; i < request_.redaction.forms().size(); ++i) {
      out = fmt::format("replace({}, ?{}, '')", out, i + 4);
    }
    return out;
  }

  Result<void> redact_range(const RedactedTable& table,
                            const std::vector<std::string>& columns,
                            int64_t from,
                            int64_t to) {
    const std::vector<std::string> key = words(table.key);
    std::vector<std::string> conditions;
    conditions.reserve(columns.size());
    for (const std::string& column : columns) {
      conditions.push_back(fmt::format("{} <> {}", without(column), column));
    }
    const std::string sql =
        fmt::format("SELECT {}, {} FROM {} WHERE ({}) AND {} > ?2 AND {} <= ?3 AND ({})",
                    fmt::join(key, ", "), fmt::join(columns, ", "), table.name, scope(table),
                    key.front(), key.front(), fmt::join(conditions, " OR "));
    Params params{scope_id(), from, to};
    for (const std::string& form : request_.redaction.forms()) {
      params.emplace_back(form);
    }
    const bool is_there = TRY(read_value<bool>(store(), [&](Session& session) -> Result<bool> {
      return TRY(session.find_row(sql, params)).has_value();
    }));
    if (!is_there) {
      return {};
    }
    int64_t changed = 0;
    TRY(store().write([&](Session& session) -> Result<void> {
      const Rows rows = TRY(session.query(sql, params));
      changed = static_cast<int64_t>(rows.size());
      for (const Row& row : rows) {
        TRY(redact_row(session, table, columns, row));
      }
      return {};
    }));
    counts_.rows += changed;
    return {};
  }

  Result<void> redact_row(Session& session,
                          const RedactedTable& table,
                          const std::vector<std::string>& columns,
                          const Row& row) {
    const std::vector<std::string> key = words(table.key);
    Params params;
    std::vector<std::string> changes;
    for (size_t i = 0; i < columns.size(); ++i) {
      const Value& value = row[key.size() + i];
      params.emplace_back(
          value.is_null()
              ? std::nullopt
              : std::optional(request_.redaction.redact(value.text()).value_or(value.text())));
      changes.push_back(columns[i] + " = ?");
    }
    std::vector<std::string> names;
    for (size_t i = 0; i < key.size(); ++i) {
      params.push_back(row[i]);
      names.push_back(key[i] + " = ?");
    }
    return session.run(fmt::format("UPDATE {} SET {} WHERE {}", table.name,
                                   fmt::join(changes, ", "), fmt::join(names, " AND ")),
                       params);
  }

  // --------------------------------------------------------------------------------- the audit log

  Result<void> redact_entries() {
    int64_t after = 0;
    while (true) {
      std::vector<int64_t> found;
      const int64_t last = TRY(read_value<
                               int64_t>(store(), [&](Session& session) -> Result<int64_t> {
        found.clear();
        int64_t at = after;
        TRY(session.for_each(
            "SELECT seq, org_id, user_agent, object, before_json, after_json, action FROM audit "
            "WHERE seq > ? ORDER BY seq LIMIT ?",
            {after, kEntriesAtOnce}, [&](const Row& row) {
              at = row[0].number();
              bool is_in = false;
              if (row[6].text() == kRedactAction && vouches(row[5])) {
                return true;
              }
              for (size_t i = 2; i < 6; ++i) {
                is_in = is_in || request_.redaction.is_in(row[i].text());
              }
              if (is_in && row[1].number() == caller_.org_id) {
                found.push_back(at);
              }
              return true;
            }));
        return at;
      }));
      if (!found.empty()) {
        TRY(replace_entries(found));
      }
      if (last == after) {
        return {};
      }
      after = last;
    }
  }

  /// What vouches for others holds digests and nothing else.
  static bool vouches(const Value& text) {
    const Result<Json> after = codec::parse_json(text.text());
    return after && (after->contains("entries") || after->contains("bodies")) &&
           !after->contains("state");
  }

  /// Who did what, when and from where stays.
  void take_out(AuditEntry& entry) const {
    const Redaction& redaction = request_.redaction;
    entry.origin.user_agent =
        redaction.redact(entry.origin.user_agent).value_or(entry.origin.user_agent);
    entry.object = redaction.redact(entry.object).value_or(entry.object);
    for (std::optional<std::string>* document : {&entry.before, &entry.after}) {
      if (document->has_value()) {
        *document = redaction.redact(**document).value_or(**document);
      }
    }
  }

  Result<void> replace_entries(const std::vector<int64_t>& numbers) {
    TRY(store().write([&](Session& session) -> Result<void> {
      const int64_t voucher = TRY(audit_head(session)).seq + 1;
      Json items = Json::array();
      for (const int64_t seq : numbers) {
        const std::optional<Row> row = TRY(session.find_row(
            fmt::format("SELECT seq, {} FROM audit WHERE seq = ?", sealed_columns()), {seq}));
        if (row) {
          Json item = TRY(replace_entry(session, TRY(read_sealed(*row)), voucher));
          items.push_back(std::move(item));
        }
      }
      return append(session, Json::object({{"entries", std::move(items)}}));
    }));
    counts_.entries += static_cast<int64_t>(numbers.size());
    return {};
  }

  Result<Json> replace_entry(Session& session, SealedEntry sealed, int64_t voucher) {
    AuditEntry& entry = sealed.entry;
    if (sealed.format == kAuditLinked && !sealed.leaf) {
      sealed.leaf = audit_leaf(entry);
    }
    take_out(entry);
    Value leaf;
    if (sealed.leaf) {
      leaf = Blob{codec::to_string(*sealed.leaf)};
    }
    TRY(session.run(
        "UPDATE audit SET user_agent = ?, object = ?, before_json = ?, after_json = ?, leaf = ?, "
        "redacted_by = ? WHERE seq = ?",
        {entry.origin.user_agent, entry.object, entry.before, entry.after, leaf, voucher,
         entry.seq}));
    return Json::object({{"seq", entry.seq},
                         {"hash", codec::hex_encode(sealed.hash)},
                         {"content", codec::hex_encode(audit_leaf(entry))}});
  }

  Registry& registry_;
  const Caller& caller_;
  const RedactionRequest& request_;
  int64_t repo_id_ = 0;
  std::string repo_slug_;
  bool is_alone_ = false;
  RedactionCounts counts_;
};

}  // namespace

Result<RedactionCounts> redact_value(Registry& registry,
                                     const Caller& caller,
                                     const RedactionRequest& request) {
  if (request.redaction.is_in(request.reason)) {
    return invalid("reason must not hold the value");
  }
  return Redactor(registry, caller, request).run();
}

}  // namespace rhumb::registry
