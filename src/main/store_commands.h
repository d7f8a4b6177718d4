#pragma once

#include "cli/command.h"
#include "registry/store/store.h"

namespace rhumb {

/// Flags of every command that works on a store, and where they say it is.
[[nodiscard]] cli::FlagSpec data_flag();
[[nodiscard]] cli::FlagSpec store_flag();
/// RHUMB_STORE counts where the person named neither, so that a password need not be said.
[[nodiscard]] registry::StoreAddress read_store(const cli::Invocation& invocation);

/// `registry backup|restore|copy|verify|rebuild`.
[[nodiscard]] cli::Command make_registry_command();

}  // namespace rhumb
