#pragma once

#include "registry/registry.h"

namespace rhumb::registry {

/// What nobody does and time brings: tokens that are about to end are told of, a week and a day
/// before; plans to revert that were not decided, or not carried out, in time; and what was told
/// more than 30 days ago is forgotten. Each is told once, however many servers look.
Result<void> tell_what_time_brings(Registry& registry);

}  // namespace rhumb::registry
