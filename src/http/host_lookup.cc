#include "http/host_lookup.h"

#include <netdb.h>
#include <sys/socket.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

namespace rhumb::http {
namespace {

std::vector<IpAddress> ask_resolver(const std::string& host) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) {
    return {};
  }
  std::vector<IpAddress> out;
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
    if (const auto address = IpAddress::from_socket(each->ai_addr)) {
      out.push_back(*address);
    }
  }
  ::freeaddrinfo(found);
  return out;
}

struct Answer {
  std::mutex mutex;  // guards what follows
  std::condition_variable came;
  bool is_there = false;
  std::vector<IpAddress> addresses;
};

}  // namespace

std::vector<IpAddress> look_up_host(const std::string& host, std::chrono::milliseconds timeout) {
  // Shared: whichever of the two threads ends last has it.
  const auto answer = std::make_shared<Answer>();
  std::thread([answer, host] {
    std::vector<IpAddress> addresses = ask_resolver(host);
    const std::lock_guard lock(answer->mutex);
    answer->addresses = std::move(addresses);
    answer->is_there = true;
    answer->came.notify_all();
  }).detach();
  std::unique_lock lock(answer->mutex);
  answer->came.wait_for(lock, timeout, [&answer] { return answer->is_there; });
  return answer->addresses;
}

}  // namespace rhumb::http
