#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "codec/json.h"
#include "registry/api/request_context.h"
#include "registry/identity/tokens.h"

/// Tokens as the API shows them, and their making.
namespace rhumb::registry {

/// A Token; null when there is none of that number.
Result<codec::Json> load_token(Session& session, int64_t org_id, int64_t id);
/// Lists of Token. `condition` follows that of the organization, whose number is the first of
/// `params`.
Result<codec::Json> list_tokens(Session& session, std::string_view condition, const Params& params);
Result<codec::Json> list_tokens_of_bot(Session& session, int64_t org_id, int64_t bot_id);
Result<codec::Json> list_tokens_of_user(Session& session, int64_t org_id, int64_t user_id);

/// What a token may do and how long, as somebody asks for it.
struct TokenWish {
  Rights rights;
  std::optional<int64_t> expires_at;
};
/// Errors: kInvalid for unknown names and an end that is not to come; kDenied for more than the
/// caller may do.
Result<TokenWish> read_token_wish(const RequestContext& context, const codec::Json& input);

/// Stores a token with its entry in the audit log. A CreateTokenPayload.
Result<codec::Json> issue_token(RequestContext& context,
                                Session& session,
                                NewToken token,
                                const std::string& secret);

}  // namespace rhumb::registry
