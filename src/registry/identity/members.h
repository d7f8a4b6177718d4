#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry/identity/access.h"
#include "registry/store/sql.h"

/// People and what they may do in an organization.
/// Source: spec registry.md 2.2, 7.2.
namespace rhumb::registry {

inline constexpr size_t kEmailMax = 254;
inline constexpr int64_t kInvitationNs = int64_t{7} * 24 * 3600 * 1'000'000'000;

struct Member {
  int64_t user_id = 0;
  std::string name;
  std::string email;  ///< lower case; empty when none is known
  Rights rights;      ///< grants only
  std::optional<int64_t> joined_at;
  std::optional<int64_t> last_seen;
  bool has_password = false;

  [[nodiscard]] bool is_owner() const { return rights.allows(kOwnerPermission); }
};

/// The columns of a Member, with the aliases `u` (users) and `m` (memberships).
inline constexpr std::string_view kMemberColumns =
    "u.id, u.name, u.email, m.grants, m.joined_at, u.last_seen, u.password IS NOT NULL";
inline constexpr std::string_view kMemberFrom =
    "FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.org_id = ?";
Result<Member> read_member(const Row& row);

/// An address in the form it is kept and looked up in. Errors: kInvalid for what is none.
Result<std::string> read_email(std::string_view email);

Result<std::optional<Member>> find_member(Session& session, int64_t org_id, int64_t user_id);
/// As find_member. Errors: kNotFound `member not found`.
Result<Member> load_member(Session& session, int64_t org_id, int64_t user_id);
Result<std::optional<int64_t>> find_user(Session& session, const std::string& email);

struct NewUser {
  std::string name;
  std::string email;  ///< as read_email() gives it; empty: none
  int64_t now = 0;
};
Result<int64_t> create_user(Session& session, const NewUser& user);

struct NewMembership {
  int64_t org_id = 0;
  int64_t user_id = 0;
  std::vector<Grant> grants;
  std::string created_by;
  std::optional<int64_t> joined_at;
  int64_t now = 0;
};
Result<void> create_membership(Session& session, const NewMembership& membership);
Result<void> set_member_grants(Session& session,
                               int64_t org_id,
                               int64_t user_id,
                               const std::vector<Grant>& grants);

/// Ends a membership, and with it the person's tokens and sessions in that organization. Whoever is
/// in no other one loses password and other ways to log in as well.
Result<void> remove_member(Session& session, int64_t org_id, int64_t user_id, int64_t now);
/// Takes password, app, recovery codes and passkeys away, and ends every session.
Result<void> drop_credentials(Session& session, int64_t user_id);
/// Errors: kConflict when the person is in other organizations too, whose matter it is as well.
Result<void> check_only_membership(Session& session, int64_t org_id, int64_t user_id);

/// A one-time address in place of all earlier ones of that person. `secret` is what it holds.
Result<void> store_invitation(
    Session& session, int64_t org_id, int64_t user_id, std::string_view secret, int64_t now);

/// Whose right to administer does not count.
struct Leaving {
  int64_t token_id = 0;
  int64_t bot_id = 0;
  int64_t user_id = 0;
};
/// Whether somebody who can get in could still administer.
Result<bool> has_other_admin(Session& session, int64_t org_id, const Leaving& leaving, int64_t now);
/// Errors: kConflict when `member` is the only owner who has joined.
Result<void> check_other_owner(Session& session, int64_t org_id, const Member& member);

}  // namespace rhumb::registry
