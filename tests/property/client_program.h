#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "script_server.h"

namespace rhumb::property {

/// Lets a client program read a script from its standard input.
///
/// `error` is a regular expression that finds the code of an error in what the program says of it.
Answer run_client(std::vector<std::string> command, std::string_view script, const char* error);

/// Whether a program is installed.
bool has_program(const std::string& name);

}  // namespace rhumb::property
