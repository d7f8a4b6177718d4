#include "registry/live_feed.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <string>
#include <utility>

namespace rhumb::registry {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kKeepAlive{15};
// After pages were written to, times as long as that took.
constexpr int kRest = 3;

/// Whose events: an organization's, or those of one set of it.
using Scope = std::pair<int64_t, std::optional<int64_t>>;

bool is_in(const LiveEvent& event, const Scope& scope) {
  return event.org_id == scope.first && (!scope.second || scope.second == event.set_id);
}

std::string format_events(const std::vector<LiveEvent>& events, const Scope& scope) {
  std::string text;
  size_t count = 0;
  for (const LiveEvent& event : events) {
    if (!is_in(event, scope)) {
      continue;
    }
    if (++count > LiveFeed::kEventsMax) {
      return http::format_event("many", "{}");
    }
    text += format_live_event(event);
  }
  return text;
}

}  // namespace

LiveFeed::LiveFeed(LiveHub& hub, size_t readers_max)
    : readers_max_(readers_max),
      subscription_(hub.subscribe([this](const LiveEvent& event) { take(event); })),
      thread_([this] { run(); }) {}

LiveFeed::~LiveFeed() {
  subscription_ = LiveHub::Subscription();
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
  for (const std::vector<Reader>* readers : {&readers_, &arrived_}) {
    for (const Reader& reader : *readers) {
      reader.stream->close();
    }
  }
}

bool LiveFeed::has_room() {
  const std::lock_guard lock(mutex_);
  is_full_ = open_ >= readers_max_;
  if (is_full_) {
    wake_.notify_all();
  }
  return !is_full_;
}

void LiveFeed::add(std::shared_ptr<http::ResponseStream> stream,
                   int64_t org_id,
                   std::optional<int64_t> set_id) {
  const std::lock_guard lock(mutex_);
  if (stopping_ || open_ >= readers_max_ || !stream->write(": connected\n\n")) {
    stream->close();
    return;
  }
  ++open_;
  arrived_.push_back(Reader{std::move(stream), org_id, set_id});
}

void LiveFeed::take(const LiveEvent& event) {
  const std::lock_guard lock(mutex_);
  if (open_ > 0) {
    waiting_.push_back(event);
    wake_.notify_all();
  }
}

void LiveFeed::run() {
  Clock::time_point next_comment = Clock::now() + kKeepAlive;
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    wake_.wait_until(lock, next_comment,
                     [this] { return stopping_ || is_full_ || !waiting_.empty(); });
    const std::vector<LiveEvent> events = std::exchange(waiting_, {});
    std::ranges::move(std::exchange(arrived_, {}), std::back_inserter(readers_));
    is_full_ = false;
    lock.unlock();
    const Clock::time_point start = Clock::now();
    tell(events);
    if (start >= next_comment) {
      keep_alive();
      next_comment = start + kKeepAlive;
    }
    const Clock::duration rest = kRest * (Clock::now() - start);
    lock.lock();
    open_ = readers_.size() + arrived_.size();
    wake_.wait_for(lock, rest, [this] { return stopping_; });
  }
}

void LiveFeed::tell(const std::vector<LiveEvent>& events) {
  std::map<Scope, std::string> texts;
  std::erase_if(readers_, [&](const Reader& reader) {
    const auto [text, is_new] = texts.try_emplace(Scope{reader.org_id, reader.set_id});
    if (is_new) {
      text->second = format_events(events, text->first);
    }
    return text->second.empty() ? !reader.stream->is_open() : !reader.stream->write(text->second);
  });
}

void LiveFeed::keep_alive() {
  std::erase_if(readers_, [](const Reader& reader) { return !reader.stream->write(": \n\n"); });
}

}  // namespace rhumb::registry
