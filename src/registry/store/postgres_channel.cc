#include "registry/store/postgres_channel.h"

#include <chrono>
#include <utility>

#include "driver/postgres/session.h"
#include "registry/store/postgres_session.h"

namespace rhumb::registry {
namespace {

// How long the end of a store may have to wait for this thread.
constexpr std::chrono::milliseconds kWait{200};

}  // namespace

PostgresChannel::PostgresChannel(std::string url, StoreListener listener)
    : url_(std::move(url)), listener_(std::move(listener)), thread_([this] { run(); }) {}

PostgresChannel::~PostgresChannel() {
  stopping_ = true;
  thread_.join();
}

void PostgresChannel::run() {
  while (!stopping_) {
    if (!hear()) {
      std::this_thread::sleep_for(kWait);
    }
  }
}

Result<void> PostgresChannel::hear() {
  const std::unique_ptr<driver::postgres::Session> session = TRY(connect_to_store(url_));
  TRY(session->run("LISTEN " + TRY(channel_of_store(*session))));
  listener_.missed();  // what was said before
  while (!stopping_) {
    for (const std::string& message : TRY(session->take_notifications(kWait))) {
      listener_.heard(message);
    }
  }
  return {};
}

}  // namespace rhumb::registry
