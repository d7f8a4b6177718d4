#pragma once

#include <cstdint>
#include <string>

#include "registry/registry.h"
#include "sys/cancellation.h"

/// Repositories that go, with everything that belongs to them.
/// Source: spec registry.md 13; registry.graphql deleteRepo.
namespace rhumb::registry {

/// Deletes an archived repository: it is gone at once, its rows follow a few thousand at a time so
/// that reports of others are not held up. Reports that were taken for it are not taken again when
/// they are sent once more. Entries of the audit log stay.
///
/// Errors: kDenied without the permission `admin`; kNotFound; kConflict for one that is not
/// archived; kInvalid when `confirm_slug` is not its slug.
Result<void> delete_repo(Registry& registry,
                         const Caller& caller,
                         int64_t id,
                         const std::string& confirm_slug);

/// Goes on with what was interrupted, until `stop`. Returns how many repositories were left.
Result<int64_t> finish_removals(Store& store, const sys::CancellationToken& stop = {});

}  // namespace rhumb::registry
