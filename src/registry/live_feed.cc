#include "registry/live_feed.h"

#include <chrono>
#include <utility>

namespace rhumb::registry {
namespace {

constexpr std::chrono::seconds kKeepAlive{15};

}  // namespace

LiveFeed::LiveFeed(LiveHub& hub, size_t readers_max)
    : readers_max_(readers_max),
      subscription_(hub.subscribe([this](const LiveEvent& event) { send(event); })),
      thread_([this] { keep_alive(); }) {}

LiveFeed::~LiveFeed() {
  subscription_ = LiveHub::Subscription();
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const Reader& reader : readers_) {
      reader.stream->close();
    }
  }
  wake_.notify_all();
  thread_.join();
}

bool LiveFeed::has_room() {
  const std::lock_guard lock(mutex_);
  if (readers_.size() >= readers_max_) {
    std::erase_if(readers_, [](const Reader& reader) { return !reader.stream->is_open(); });
  }
  return readers_.size() < readers_max_;
}

void LiveFeed::add(std::shared_ptr<http::ResponseStream> stream,
                   int64_t org_id,
                   std::optional<int64_t> set_id) {
  const std::lock_guard lock(mutex_);
  if (stopping_ || readers_.size() >= readers_max_ || !stream->write(": connected\n\n")) {
    stream->close();
    return;
  }
  readers_.push_back(Reader{std::move(stream), org_id, set_id});
}

void LiveFeed::send(const LiveEvent& event) {
  const std::string text = format_live_event(event);
  const std::lock_guard lock(mutex_);
  std::erase_if(readers_, [&](const Reader& reader) {
    const bool wants = reader.org_id == event.org_id &&
                       (!reader.set_id.has_value() || reader.set_id == event.set_id);
    return wants ? !reader.stream->write(text) : !reader.stream->is_open();
  });
}

void LiveFeed::keep_alive() {
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, kKeepAlive, [this] { return stopping_; })) {
    std::erase_if(readers_, [](const Reader& reader) { return !reader.stream->write(": \n\n"); });
  }
}

}  // namespace rhumb::registry
