#pragma once

#include <string>

#include "codec/json.h"
#include "registry/audit/evidence.h"

namespace rhumb::registry {

/// What the files of a pack tell, before they are written.
struct EvidenceFacts {
  std::string hash{};  ///< of the content
  codec::Json files = codec::Json::array();
  codec::Json pushes = codec::Json::array();
  codec::Json ci_runs = codec::Json::array();
  codec::Json approvals = codec::Json::array();
  codec::Json policy{};
  codec::Json environments = codec::Json::array();
};

/// What somebody reads who has never seen a pack: what it says, and how it is checked. Pure.
[[nodiscard]] std::string format_evidence_readme(const Evidence& evidence,
                                                 const std::string& type,
                                                 const EvidenceFacts& facts);

}  // namespace rhumb::registry
