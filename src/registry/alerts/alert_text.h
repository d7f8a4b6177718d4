#pragma once

#include <string>
#include <utility>
#include <vector>

#include "codec/json.h"

namespace rhumb::registry {

/// How a message is coloured.
enum class AlertTone { kPlain, kGood, kBad, kWaiting };

/// What an alert tells a person, in the words of every messenger. Texts are not escaped.
struct AlertText {
  std::string title;  ///< one line: what happened, where
  AlertTone tone = AlertTone::kPlain;
  std::vector<std::pair<std::string, std::string>> facts;  ///< name and value, none of them empty
  std::string statement;  ///< SQL that failed, a difference; may be empty
  std::string error;      ///< what was said about it; may be empty
  std::string next_step;  ///< one sentence; may be empty
  std::string url;
};

/// Of the body that alerts are told with. Whatever is missing from it is left out.
[[nodiscard]] AlertText describe_alert(const codec::Json& body);

}  // namespace rhumb::registry
