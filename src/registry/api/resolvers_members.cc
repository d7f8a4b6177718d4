#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "registry/api/request_context.h"
#include "registry/identity/members.h"
#include "registry/identity/tokens.h"
#include "registry/store/neighbours.h"
#include "registry/store/paging.h"
#include "registry/store/row_page.h"

namespace rhumb::registry {
namespace {

using codec::Json;
using graphql::FieldCall;

constexpr size_t kGrantsMax = 100;

Json roles_json(const Rights& rights) {
  return to_json(rights.roles());
}

/// What is not without restriction, and so no role of the person as such.
Json restricted_json(const Rights& rights) {
  std::vector<Grant> restricted;
  for (const Grant& grant : rights.grants) {
    if (grant.is_restricted()) {
      restricted.push_back(grant);
    }
  }
  return to_json(restricted);
}

Json member_json(const Member& member) {
  return Json::object({{"id", std::to_string(member.user_id)},
                       {"name", member.name},
                       {"email", member.email},
                       {"roles", roles_json(member.rights)},
                       {"grants", restricted_json(member.rights)},
                       {"lastSeen", time_json(member.last_seen)},
                       {"joinedAt", time_json(member.joined_at)},
                       {"inviteURL", Json()}});
}

Json rights_json(const Member& member) {
  return Json::object(
      {{"roles", roles_json(member.rights)}, {"grants", restricted_json(member.rights)}});
}

/// The roles, or else those there are, and in the same way the grants.
Result<std::vector<Grant>> read_member_grants(const Json& input, const Rights& known) {
  std::vector<Grant> out;
  const Json* roles = input.find("roles");
  if (roles != nullptr && roles->is_array()) {
    for (const Json& role : roles->as_array()) {
      out.push_back(Grant{role.as_string(), {}, {}, {}});
    }
  } else {
    std::ranges::copy_if(known.grants, std::back_inserter(out),
                         [](const Grant& grant) { return !grant.is_restricted(); });
  }
  const Json* grants = input.find("grants");
  if (grants != nullptr && grants->is_array()) {
    std::vector<Grant> wished = TRY(read_wished_grants(*grants));
    std::ranges::move(wished, std::back_inserter(out));
  } else {
    std::ranges::copy_if(known.grants, std::back_inserter(out),
                         [](const Grant& grant) { return grant.is_restricted(); });
  }
  if (out.empty()) {
    return invalid("give at least one role or grant");
  }
  if (out.size() > kGrantsMax) {
    return Error(ErrorCode::kLimit, fmt::format("more than {} roles and grants", kGrantsMax));
  }
  return out;
}

/// Errors: kDenied when the caller may do less than the member.
Result<void> check_reach(const Caller& caller, const Member& member) {
  return check_gift(caller.rights, member.rights);
}

// --------------------------------------------------------------------------------------------
// invite

/// What the one-time address of somebody leads to; the server does not see what is behind the `#`.
std::string invite_url(const Registry& registry, std::string_view secret) {
  return fmt::format("{}/invite#{}", registry.public_url, secret);
}

struct Invitation {
  std::string email;
  std::vector<Grant> grants;
  std::string secret;
};

/// The person of that address: known, invited earlier, or new.
Result<int64_t> find_or_create_guest(RequestContext& context,
                                     Session& session,
                                     const Invitation& invitation) {
  const Caller& caller = context.caller;
  const int64_t now = context.registry.now();
  const std::optional<int64_t> known = TRY(find_user(session, invitation.email));
  if (known.has_value()) {
    const std::optional<Member> member = TRY(find_member(session, caller.org_id, *known));
    if (member.has_value()) {
      if (member->joined_at.has_value()) {
        return Error(ErrorCode::kConflict, fmt::format("{} is a member already", invitation.email));
      }
      TRY(check_reach(caller, *member));
      TRY(set_member_grants(session, caller.org_id, *known, invitation.grants));
      return *known;
    }
  }
  NewMembership membership;
  membership.org_id = caller.org_id;
  membership.user_id = known.has_value()
                           ? *known
                           : TRY(create_user(session, {invitation.email, invitation.email, now}));
  membership.grants = invitation.grants;
  membership.created_by = caller.origin.actor.name;
  membership.now = now;
  TRY(create_membership(session, membership));
  return membership.user_id;
}

/// A new one-time address for a member, with an entry of the log.
Result<Json> issue_invitation(RequestContext& context,
                              Session& session,
                              int64_t user_id,
                              const std::string& secret,
                              const std::string& action) {
  const int64_t now = context.registry.now();
  const int64_t org = context.caller.org_id;
  TRY(store_invitation(session, org, user_id, secret, now));
  const Member member = TRY(load_member(session, org, user_id));
  AuditEntry entry = audit_entry(context.caller, now, action, fmt::format("user/{}", user_id));
  Json after = rights_json(member);
  after.set("email", member.email);
  entry.after = codec::format_json(after);
  TRY(append_audit(session, std::move(entry)));
  Json out = member_json(member);
  out.set("inviteURL", invite_url(context.registry, secret));
  return out;
}

Result<Json> invite_member(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, kAdminPermission));
  Invitation invitation;
  invitation.email = TRY(read_email(call.input().string_or_empty("email")));
  invitation.grants = TRY(read_member_grants(call.input(), Rights()));
  TRY(check_gift(context.caller.rights, Rights{{}, invitation.grants}));
  invitation.secret = make_secret();
  return write_value<Json>(context.registry.store, [&](Session& session) -> Result<Json> {
    const int64_t user = TRY(find_or_create_guest(context, session, invitation));
    return issue_invitation(context, session, user, invitation.secret, "member.invite");
  });
}

/// For somebody who cannot get in any more: password, app and sessions go, a one-time address
/// comes.
Result<Json> reset_member(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, kAdminPermission));
  const int64_t id = TRY(read_id(call.arguments().find("id"), "member"));
  const std::string secret = make_secret();
  Result<Json> reset =
      write_value<Json>(context.registry.store, [&](Session& session) -> Result<Json> {
        const Member member = TRY(load_member(session, context.caller.org_id, id));
        TRY(check_reach(context.caller, member));
        if (member.email.empty()) {
          return Error(ErrorCode::kConflict, "a member without an e-mail address cannot log in");
        }
        TRY(check_only_membership(session, context.caller.org_id, id));
        TRY(drop_credentials(session, id));
        TRY(tell_tokens_changed(context.registry, session));
        return issue_invitation(context, session, id, secret, "member.reset");
      });
  context.registry.tokens.forget();
  return reset;
}

// --------------------------------------------------------------------------------------------
// change

Result<Json> change_member(RequestContext& context, Session& session, const Json& input) {
  const Caller& caller = context.caller;
  const int64_t id = TRY(read_id(input.find("id"), "member"));
  const Member before = TRY(load_member(session, caller.org_id, id));
  TRY(check_reach(caller, before));
  Member after = before;
  after.rights.grants = TRY(read_member_grants(input, before.rights));
  TRY(check_gift(caller.rights, after.rights));
  if (before.is_owner() && !after.is_owner()) {
    TRY(check_other_owner(session, caller.org_id, before));
  }
  if (after.rights.grants == before.rights.grants) {
    return member_json(after);
  }
  TRY(set_member_grants(session, caller.org_id, id, after.rights.grants));
  AuditEntry entry =
      audit_entry(caller, context.registry.now(), "member.role", fmt::format("user/{}", id));
  entry.before = codec::format_json(rights_json(before));
  entry.after = codec::format_json(rights_json(after));
  TRY(append_audit(session, std::move(entry)));
  TRY(tell_tokens_changed(context.registry, session));
  return member_json(after);
}

Result<Json> update_member(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, kAdminPermission));
  const Json& input = call.input();
  Result<Json> changed = write_value<Json>(
      context.registry.store,
      [&](Session& session) -> Result<Json> { return change_member(context, session, input); });
  context.registry.tokens.forget();
  return changed;
}

Result<Json> remove_one_member(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, kAdminPermission));
  const int64_t id = TRY(read_id(call.arguments().find("id"), "member"));
  Result<Json> removed =
      write_value<Json>(context.registry.store, [&](Session& session) -> Result<Json> {
        const Caller& caller = context.caller;
        const int64_t now = context.registry.now();
        const Member member = TRY(load_member(session, caller.org_id, id));
        TRY(check_reach(caller, member));
        TRY(check_other_owner(session, caller.org_id, member));
        const bool others = TRY(has_other_admin(session, caller.org_id, Leaving{0, 0, id}, now));
        if (!others) {
          return Error(ErrorCode::kConflict,
                       fmt::format("{} is the last who may administer", member.name));
        }
        TRY(remove_member(session, caller.org_id, id, now));
        AuditEntry entry = audit_entry(caller, now, "member.remove", fmt::format("user/{}", id));
        Json before = rights_json(member);
        before.set("email", member.email);
        entry.before = codec::format_json(before);
        TRY(append_audit(session, std::move(entry)));
        TRY(tell_tokens_changed(context.registry, session));
        return Json::object({{"success", true}});
      });
  context.registry.tokens.forget();
  return removed;
}

Result<Json> resolve_members(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, kAdminPermission));
  const Page page = TRY(read_page(&call.input()));
  return read_value<Json>(context.registry.store, [&](Session& session) -> Result<Json> {
    const RowPage found = TRY(read_rows(
        session, {.columns = kMemberColumns, .from = kMemberFrom, .order = "u.name, u.id"},
        {context.caller.org_id}, page));
    Json members = Json::array();
    for (const Row& row : found.rows) {
      const Member member = TRY(read_member(row));
      members.push_back(member_json(member));
    }
    return Json::object(
        {{"members", std::move(members)}, {"pageInfo", page_info(page, found.facts)}});
  });
}

}  // namespace

void add_member_resolvers(graphql::Resolvers& resolvers) {
  bind_root(resolvers, "Query", "members", resolve_members);
  bind_root(resolvers, "Mutation", "inviteMember", invite_member);
  bind_root(resolvers, "Mutation", "updateMember", update_member);
  bind_root(resolvers, "Mutation", "removeMember", remove_one_member);
  bind_root(resolvers, "Mutation", "resetMember", reset_member);
}

}  // namespace rhumb::registry
