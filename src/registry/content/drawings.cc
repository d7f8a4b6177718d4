#include "registry/content/drawings.h"

#include <fmt/format.h>

#include "codec/json.h"
#include "registry/ingest/ingest_prepare.h"
#include "registry/names.h"
#include "registry/store/bodies.h"

namespace rhumb::registry {
namespace {

using codec::Json;

struct ReadyDrawing {
  std::string driver;
  std::optional<Body> hcl;
  std::optional<Body> sql;
  Blob content;
};

Result<ReadyDrawing> prepare(const DrawingRequest& request) {
  TRY(check_length("driver", request.driver));
  if (request.hcl.empty() && request.sql.empty()) {
    return invalid("hcl or sql must hold a schema");
  }
  ReadyDrawing ready;
  ready.driver = driver_from_wire(request.driver);
  ready.hcl = TRY(make_optional_body("hcl", request.hcl));
  ready.sql = TRY(make_optional_body("sql", request.sql));
  ready.content = digest_json(
      Json::object({{"driver", ready.driver}, {"hcl", request.hcl}, {"sql", request.sql}}));
  return ready;
}

Result<int64_t> insert_drawing(Session& session,
                               const Caller& caller,
                               const ReadyDrawing& ready,
                               int64_t now) {
  TRY(put_body(session, ready.hcl));
  TRY(put_body(session, ready.sql));
  const Origin& origin = caller.origin;
  const Value id = TRY(session.scalar(
      "INSERT INTO drawings (org_id, content_sha256, driver, hcl_body, sql_body, created_at, "
      "actor_kind, actor_id, actor_name, user_agent) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
      "RETURNING id",
      {caller.org_id, ready.content, ready.driver, to_value(ready.hcl), to_value(ready.sql), now,
       origin.actor.kind, origin.actor.id, origin.actor.name, origin.user_agent}));
  AuditEntry entry =
      audit_entry(caller, now, "drawing.create", fmt::format("drawing/{}", id.number()));
  entry.after = codec::format_json(Json::object({{"driver", ready.driver}}));
  TRY(append_audit(session, std::move(entry)));
  return id.number();
}

}  // namespace

Result<Drawing> store_drawing(Registry& registry,
                              const Caller& caller,
                              const DrawingRequest& request) {
  TRY(require(caller, "schema:push"));
  const ReadyDrawing ready = TRY(prepare(request));
  return write_value<Drawing>(registry.store, [&](Session& session) -> Result<Drawing> {
    const Value known =
        TRY(session.scalar("SELECT id FROM drawings WHERE org_id = ? AND content_sha256 = ?",
                           {caller.org_id, ready.content}));
    int64_t id = known.number();
    if (known.is_null()) {
      id = TRY(insert_drawing(session, caller, ready, registry.now()));
    }
    return load_drawing(session, caller.org_id, id);
  });
}

Result<Drawing> load_drawing(Session& session, int64_t org_id, int64_t id) {
  const std::optional<Row> row = TRY(session.find_row(
      "SELECT id, driver, hcl_body, sql_body, created_at, actor_kind, actor_id, actor_name FROM "
      "drawings WHERE org_id = ? AND id = ?",
      {org_id, id}));
  if (!row) {
    return Error(ErrorCode::kNotFound, "drawing not found");
  }
  const Row& r = *row;
  Drawing drawing;
  drawing.id = r[0].number();
  drawing.driver = r[1].text();
  drawing.hcl = r[2].is_null() ? std::nullopt : std::optional(Blob{r[2].text()});
  drawing.sql = r[3].is_null() ? std::nullopt : std::optional(Blob{r[3].text()});
  drawing.created_at = r[4].number();
  drawing.actor = Actor{r[5].text(), r[6].find_number(), r[7].text()};
  return drawing;
}

std::string drawing_link(const Registry& registry, int64_t id) {
  return fmt::format("{}/explore/{}", registry.public_url, id);
}

}  // namespace rhumb::registry
