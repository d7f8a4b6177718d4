#include "registry/store/body_fields.h"

#include <fmt/format.h>

#include <optional>

#include "registry/store/bodies.h"

namespace rhumb::registry {

using codec::Json;

void bind_body(graphql::Resolvers& resolvers, const BodyField& body) {
  const std::string sql = fmt::format("SELECT {} FROM {} WHERE id = ?", body.column, body.table);
  const bool is_json = body.is_json;
  bind_field(resolvers, body.type, body.field,
             [sql, is_json](RequestContext& context, graphql::FieldCall& call) -> Result<Json> {
               const int64_t id = call.parent().find_int("_id").value_or(0);
               return read_value<Json>(
                   context.registry.store, [&](Session& session) -> Result<Json> {
                     const std::optional<Row> row = TRY(session.find_row(sql, {id}));
                     if (!row) {  // the object was read in a transaction of its own
                       return Error(ErrorCode::kNotFound, "it was removed meanwhile");
                     }
                     const Value& digest = (*row)[0];
                     if (digest.is_null()) {
                       return Json();
                     }
                     std::string text = TRY(read_body(session, digest));
                     return is_json ? codec::parse_json(text) : Result<Json>(Json(std::move(text)));
                   });
             });
}

}  // namespace rhumb::registry
