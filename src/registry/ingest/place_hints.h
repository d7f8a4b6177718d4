#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>

namespace rhumb::registry {

/// Where reports of late have belonged, so that what they need of the store can be asked for before
/// that is known. A hint may be wrong, for repositories and environments come and go: it is good
/// for questions, never for answers.
///
/// Threads: that of the writer's transaction only.
class PlaceHints {
 public:
  struct Place {
    int64_t repo_id = 0;
    int64_t env_id = 0;
    bool operator==(const Place&) const = default;
  };

  [[nodiscard]] std::optional<Place> find(int64_t org_id,
                                          const std::string& dir,
                                          const std::string& env) const {
    const auto found = places_.find({org_id, dir, env});
    return found == places_.end() ? std::nullopt : std::optional(found->second);
  }
  void note(int64_t org_id, const std::string& dir, const std::string& env, Place place) {
    if (places_.size() >= kPlacesMax) {
      places_.clear();
    }
    places_[{org_id, dir, env}] = place;
  }

 private:
  static constexpr size_t kPlacesMax = 1024;
  std::map<std::tuple<int64_t, std::string, std::string>, Place> places_;
};

}  // namespace rhumb::registry
