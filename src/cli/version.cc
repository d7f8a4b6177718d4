#include "cli/version.h"

namespace rhumb::cli {

const std::string_view kSemanticVersion = "v" RHUMB_VERSION;

namespace {

constexpr std::string_view kRevision = RHUMB_REVISION;
constexpr bool kIsRelease = RHUMB_IS_RELEASE;

}  // namespace

std::string version_text(std::string_view program) {
  return std::string(program) + " version " + std::string(kSemanticVersion) + "-" +
         std::string(kRevision) + "\n";
}

std::string operator_version() {
  return "Atlas CLI " + (kIsRelease ? std::string(kSemanticVersion) : std::string("- development"));
}

}  // namespace rhumb::cli
