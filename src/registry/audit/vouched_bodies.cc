#include "registry/audit/vouched_bodies.h"

#include "codec/hex.h"
#include "codec/json.h"
#include "registry/audit/chain.h"

namespace rhumb::registry {

using codec::Json;

bool VouchedBodies::is_vouched(int64_t id, std::string_view digest) const {
  const auto found = digests.find(id);
  return found == digests.end() ? is_pruned : found->second == digest;
}

Result<VouchedBodies> list_vouched_bodies(Session& session) {
  VouchedBodies out;
  out.is_pruned = TRY(audit_base(session)).seq > 0;
  TRY(session.for_each("SELECT after_json FROM audit WHERE action = ? ORDER BY seq",
                       {kRedactAction}, [&out](const Row& row) {
                         const Result<Json> after = codec::parse_json(row[0].text());
                         const Json::Array* const bodies =
                             after ? after->find_array("bodies") : nullptr;
                         if (bodies != nullptr) {
                           for (const Json& body : *bodies) {
                             const auto digest = codec::hex_decode(body.string_or_empty("content"));
                             out.digests[body.find_int("id").value_or(0)] =
                                 digest ? codec::to_string(*digest) : std::string();
                           }
                         }
                         return true;
                       }));
  return out;
}

}  // namespace rhumb::registry
