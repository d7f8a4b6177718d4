#pragma once

#include <string>
#include <vector>

#include "sql/dialect.h"

namespace rhumb::property {

/// The recorded scripts and real histories of a dialect that are kept beside the repository
/// (RHUMB_SHARED); none when they are not there.
std::vector<std::string> recorded_scripts(sql::Dialect dialect);

}  // namespace rhumb::property
