#pragma once

#include "cli/command.h"

/// The `migrate` family, one function per command.
namespace rhumb::cli {

[[nodiscard]] Command make_migrate_command();

[[nodiscard]] Command make_migrate_apply_command();
[[nodiscard]] Command make_migrate_checkpoint_command();
[[nodiscard]] Command make_migrate_down_command();
[[nodiscard]] Command make_migrate_edit_command();
[[nodiscard]] Command make_migrate_hash_command();
[[nodiscard]] Command make_migrate_import_command();
[[nodiscard]] Command make_migrate_lock_command();
[[nodiscard]] Command make_migrate_ls_command();
[[nodiscard]] Command make_migrate_new_command();
[[nodiscard]] Command make_migrate_push_command();
[[nodiscard]] Command make_migrate_rebase_command();
[[nodiscard]] Command make_migrate_rm_command();
[[nodiscard]] Command make_migrate_set_command();
[[nodiscard]] Command make_migrate_status_command();
[[nodiscard]] Command make_migrate_test_command();
[[nodiscard]] Command make_migrate_validate_command();

}  // namespace rhumb::cli
