#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "registry/registry.h"

/// What apps make their codes of, as the store keeps it: sealed, for its person alone.
namespace rhumb::registry {

/// Errors: those of StoreSeal::seal().
Result<Blob> seal_app(const StoreSeal& seal, int64_t user_id, std::string_view secret);

/// Whatever an older release has stored is not sealed, until seal_apps().
/// Errors: those of StoreSeal::open(), saying what else lets the person in.
Result<std::string> open_app(const StoreSeal& seal, int64_t user_id, std::string_view stored);

/// Seals what older releases have stored, as a server starts: a part in each transaction, so that a
/// start that was ended or runs beside another one does no harm. Without a key everything stays as
/// it is. `log` gets a line about what was done, and about what cannot be: no key, or another one
/// than that of the first secret that is sealed.
/// Errors: of the store.
Result<void> seal_apps(Registry& registry, const std::function<void(const std::string&)>& log);

}  // namespace rhumb::registry
