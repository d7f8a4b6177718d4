// Sends every line of a file as the body of a POST, over a number of connections that each wait
// for the answer before they send the next one. Prints what it saw as one JSON object.
//   rhumb_bench_load PORT TOKEN LINES CONNECTIONS

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

struct Connection {
  int socket = -1;
  size_t sent = 0;
  std::string request;
  std::string answer;
  Clock::time_point start;
};

[[noreturn]] void fail(std::string_view what) {
  fmt::print(stderr, "load: {}\n", what);
  std::exit(1);
}

int connect_to(uint16_t port) {
  const int number = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  // NOLINTNEXTLINE: the form that the socket interface asks for
  if (::connect(number, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    fail("cannot connect");
  }
  const int on = 1;
  ::setsockopt(number, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return number;
}

/// Bytes of the whole answer, 0 while it is not complete.
size_t answer_size(std::string_view answer) {
  const size_t body = answer.find("\r\n\r\n");
  if (body == std::string_view::npos) {
    return 0;
  }
  constexpr std::string_view kName = "content-length: ";
  const auto found = std::search(
      answer.begin(), answer.begin() + static_cast<std::ptrdiff_t>(body), kName.begin(),
      kName.end(), [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a | 0x20 : a) == b; });
  const auto at = static_cast<size_t>(found - answer.begin()) + kName.size();
  if (at >= body) {
    fail("an answer without Content-Length");
  }
  const size_t size = body + 4 + std::strtoul(answer.data() + at, nullptr, 10);
  return answer.size() >= size ? size : 0;
}

class Load {
 public:
  Load(std::vector<std::string> bodies, uint16_t port, std::string token, size_t connections)
      : bodies_(std::move(bodies)),
        token_(std::move(token)),
        connections_(std::min(connections, bodies_.size())),
        poll_(::epoll_create1(0)) {
    for (size_t i = 0; i < connections_.size(); ++i) {
      connections_[i].socket = connect_to(port);
      epoll_event event{.events = EPOLLIN, .data = {.u64 = i}};
      ::epoll_ctl(poll_, EPOLL_CTL_ADD, connections_[i].socket, &event);
    }
  }

  void run() {
    const Clock::time_point start = Clock::now();
    for (Connection& connection : connections_) {
      send_next(connection);
    }
    std::array<epoll_event, 64> events{};
    while (latencies_.size() < bodies_.size()) {
      const int ready = ::epoll_wait(poll_, events.data(), static_cast<int>(events.size()), 30'000);
      if (ready <= 0) {
        fail("no answer for 30 seconds");
      }
      for (int i = 0; i < ready; ++i) {
        read_some(connections_[events.at(static_cast<size_t>(i)).data.u64]);
      }
    }
    print(std::chrono::duration<double>(Clock::now() - start).count());
  }

 private:
  void send_next(Connection& connection) {
    if (next_ == bodies_.size()) {
      return;
    }
    const std::string& body = bodies_[next_++];
    connection.request = fmt::format(
        "POST /query HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {}\r\n"
        "User-Agent: Atlas CLI v1.2.4\r\nContent-Type: application/json\r\n"
        "Content-Length: {}\r\n\r\n{}",
        token_, body.size(), body);
    connection.answer.clear();
    connection.start = Clock::now();
    std::string_view rest = connection.request;
    while (!rest.empty()) {  // a report fits into the socket's buffer
      const ssize_t size = ::send(connection.socket, rest.data(), rest.size(), MSG_NOSIGNAL);
      if (size <= 0) {
        fail("cannot send");
      }
      rest.remove_prefix(static_cast<size_t>(size));
    }
  }

  void read_some(Connection& connection) {
    std::array<char, 4096> buffer;  // NOLINT: filled by recv
    const ssize_t size = ::recv(connection.socket, buffer.data(), buffer.size(), 0);
    if (size <= 0) {
      fail("the server closed a connection");
    }
    connection.answer.append(buffer.data(), static_cast<size_t>(size));
    if (answer_size(connection.answer) == 0) {
      return;
    }
    latencies_.push_back(Clock::now() - connection.start);
    if (!connection.answer.starts_with("HTTP/1.1 200") ||
        connection.answer.find("\"errors\"") != std::string::npos) {
      fail(connection.answer);
    }
    send_next(connection);
  }

  void print(double seconds) {
    std::sort(latencies_.begin(), latencies_.end());
    const auto at = [&](size_t percent) {
      const size_t index = std::min(latencies_.size() - 1, latencies_.size() * percent / 100);
      return std::chrono::duration<double, std::milli>(latencies_[index]).count();
    };
    fmt::print("{{\"reports\": {}, \"seconds\": {:.6f}, \"p50_ms\": {:.3f}, \"p99_ms\": {:.3f}}}\n",
               latencies_.size(), seconds, at(50), at(99));
  }

  std::vector<std::string> bodies_;
  std::string token_;
  std::vector<Connection> connections_;
  int poll_;
  size_t next_ = 0;
  std::vector<Clock::duration> latencies_;
};

}  // namespace

int main(int count, char** arguments) {
  if (count != 5) {
    fmt::print(stderr, "usage: rhumb_bench_load PORT TOKEN LINES CONNECTIONS\n");
    return 2;
  }
  std::vector<std::string> bodies;
  std::ifstream file(arguments[3]);
  for (std::string line; std::getline(file, line);) {
    bodies.push_back(line);
  }
  Load(std::move(bodies), static_cast<uint16_t>(std::strtoul(arguments[1], nullptr, 10)),
       arguments[2], std::strtoul(arguments[4], nullptr, 10))
      .run();
  return 0;
}
