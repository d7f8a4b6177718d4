#pragma once

#include <string>
#include <string_view>

namespace rhumb::codec {

/// One string as format_json prints it, with its quotes.
void append_json_string(std::string& out, std::string_view text, bool escape_html);

}  // namespace rhumb::codec
