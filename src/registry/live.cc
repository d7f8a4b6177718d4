#include "registry/live.h"

#include "codec/json.h"

namespace rhumb::registry {

LiveHub::Subscription& LiveHub::Subscription::operator=(Subscription&& other) noexcept {
  if (this != &other) {
    if (hub_ != nullptr) {
      hub_->remove(id_);
    }
    hub_ = other.hub_;
    id_ = other.id_;
    other.hub_ = nullptr;
  }
  return *this;
}

LiveHub::Subscription::~Subscription() {
  if (hub_ != nullptr) {
    hub_->remove(id_);
  }
}

LiveHub::Subscription LiveHub::subscribe(Listener listener) {
  const std::lock_guard lock(mutex_);
  int64_t id = next_id_++;
  listeners_.emplace(id, std::move(listener));
  return Subscription(this, id);
}

void LiveHub::remove(int64_t id) {
  const std::lock_guard lock(mutex_);
  listeners_.erase(id);
}

void LiveHub::publish(const LiveEvent& event) {
  const std::lock_guard lock(mutex_);
  for (const auto& entry : listeners_) {
    entry.second(event);
  }
}

void LiveHub::publish(const std::vector<LiveEvent>& events) {
  for (const LiveEvent& event : events) {
    publish(event);
  }
}

size_t LiveHub::listeners() const {
  const std::lock_guard lock(mutex_);
  return listeners_.size();
}

std::string format_live_event(const LiveEvent& event) {
  codec::Json data = codec::Json::object({{"id", std::to_string(event.event_id)},
                                          {"repo", std::to_string(event.repo_id)},
                                          {"status", event.status}});
  if (event.set_id.has_value()) {
    data.set("set", std::to_string(*event.set_id));
  }
  return "event: migration\ndata: " + codec::format_json(data) + "\n\n";
}

}  // namespace rhumb::registry
