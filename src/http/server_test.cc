#include "http/server.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <mutex>
#include <thread>

#include "codec/compress.h"
#include "http/test_support.h"

namespace rhumb::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// A server whose handler says what it got.
class HttpServer : public testing::Test {
 protected:
  void start(ServerOptions options = {}) {
    options.io_threads = 2;
    options.worker_threads = 4;
    options.access_log = [this](const AccessEntry& entry) {
      const std::lock_guard lock(mutex_);
      log_.push_back(entry);
    };
    options.error_log = [this](const std::string& text) {
      const std::lock_guard lock(mutex_);
      errors_.push_back(text);
    };
    auto server = Server::start(std::move(options), [this](const Request& r) { return answer(r); });
    ASSERT_TRUE(server.has_value()) << server.error().message();
    server_ = std::move(*server);
  }

  Response answer(const Request& request) {
    if (request.path == "/throw") {
      throw std::runtime_error("handler broke");
    }
    if (request.path == "/block") {
      entered_.set_value();
      release_.get_future().wait();
      return text_response(200, "late");
    }
    if (request.path == "/large") {
      return make_response(200, "text/plain", std::string(5000, 'x'));
    }
    if (request.path == "/empty") {
      return Response{.status = 204, .headers = {}, .body = "ignored", .stream = nullptr};
    }
    if (request.path == "/events") {
      return event_stream_response([this](std::shared_ptr<ResponseStream> stream) {
        stream->write(format_event("", "first"));
        stream_.set_value(std::move(stream));
      });
    }
    return make_response(200, "text/plain",
                         request.method + " " + request.path + "?" + request.query + " " +
                             std::to_string(request.body.size()) + " " +
                             request.body.substr(0, 20));
  }

  std::string ask(const std::string& text) {
    TestSocket socket(server_->port());
    EXPECT_TRUE(socket.connected());
    socket.send(text);
    return socket.read_all();
  }

  std::vector<AccessEntry> wait_for_log(size_t count) {
    for (int i = 0; i < 1000; ++i) {
      {
        const std::lock_guard lock(mutex_);
        if (log_.size() >= count) {
          return log_;
        }
      }
      std::this_thread::sleep_for(milliseconds(5));
    }
    const std::lock_guard lock(mutex_);
    return log_;
  }

  std::mutex mutex_;  // guards log_ and errors_
  std::vector<AccessEntry> log_;
  std::vector<std::string> errors_;
  std::promise<void> entered_;
  std::promise<void> release_;
  std::promise<std::shared_ptr<ResponseStream>> stream_;
  std::unique_ptr<Server> server_;
};

TEST_F(HttpServer, AnswersOnAKeptConnection) {
  start();
  EXPECT_EQ(server_->base_url(), "http://127.0.0.1:" + std::to_string(server_->port()));
  TestSocket socket(server_->port());
  for (int i = 0; i < 3; ++i) {
    socket.send("GET /a/b?c=d HTTP/1.1\r\nHost: x\r\nUser-Agent: t\r\n\r\n");
    const std::string text = socket.read_until("GET /a/b?c=d 0 ");
    EXPECT_TRUE(text.starts_with("HTTP/1.1 200 OK\r\n")) << text;
    EXPECT_NE(text.find("Connection: keep-alive"), std::string::npos);
    EXPECT_NE(text.find("Content-Length: 15"), std::string::npos) << text;
  }
  socket.send("POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello");
  EXPECT_NE(socket.read_all().find("POST /p? 5 hello"), std::string::npos);
  EXPECT_TRUE(socket.closed());
  const auto log = wait_for_log(4);
  ASSERT_EQ(log.size(), 4U);
  EXPECT_EQ(log[0].user_agent, "t");
  EXPECT_EQ(log[0].target, "/a/b?c=d");
  EXPECT_EQ(log[0].remote_address, "127.0.0.1");
  EXPECT_EQ(log[0].request_id.size(), 24U);
  EXPECT_NE(log[0].request_id, log[1].request_id);
  EXPECT_EQ(log[3].request_bytes, 5U);
  EXPECT_EQ(log[3].status, 200);
}

TEST_F(HttpServer, AnswersPipelinedRequestsInOrder) {
  start();
  const std::string text = ask(
      "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nPOST /2 HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab"
      "GET /3 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const size_t one = text.find("GET /1? 0");
  const size_t two = text.find("POST /2? 2 ab");
  const size_t three = text.find("GET /3? 0");
  EXPECT_LT(one, two);
  EXPECT_LT(two, three);
  EXPECT_NE(three, std::string::npos) << text;
}

TEST_F(HttpServer, ReadsChunkedAndExpectedBodies) {
  start();
  EXPECT_NE(
      ask("POST /c HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
          "3\r\nabc\r\n2;ext=1\r\nde\r\n0\r\nTrailer: t\r\n\r\n")
          .find("POST /c? 5 abcde"),
      std::string::npos);
  TestSocket socket(server_->port());
  socket.send("POST /e HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(socket.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  socket.send("ok");
  EXPECT_NE(socket.read_until("POST /e? 2 ok").find("POST /e? 2 ok"), std::string::npos);
}

TEST_F(HttpServer, AnswersWithoutBodies) {
  start();
  const std::string head = ask("HEAD /h HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(head.ends_with("\r\n\r\n")) << head;
  EXPECT_NE(head.find("Content-Length: 11"), std::string::npos) << head;
  const std::string empty = ask("GET /empty HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(empty.starts_with("HTTP/1.1 204 No Content\r\n")) << empty;
  EXPECT_EQ(empty.find("Content-Length"), std::string::npos);
  EXPECT_TRUE(empty.ends_with("\r\n\r\n"));
  const std::string old = ask("GET /o HTTP/1.0\r\n\r\n");
  EXPECT_NE(old.find("Connection: close"), std::string::npos);
  EXPECT_NE(old.find("GET /o? 0"), std::string::npos);
}

TEST_F(HttpServer, RefusesMalformedAndLargeRequests) {
  ServerOptions options;
  options.header_bytes_max = 1024;
  options.body_bytes_max = 100;
  start(options);
  struct Case {
    const char* name;
    std::string text;
    const char* status;
  };
  const Case cases[] = {
      {"no request", "nonsense\r\n\r\n", "HTTP/1.1 400"},
      {"bad version", "GET / HTTP/9.1\r\nHost: x\r\n\r\n", "HTTP/1.1 400"},
      {"bad header", "GET / HTTP/1.1\r\nHo st: x\r\n\r\n", "HTTP/1.1 400"},
      {"no host", "GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 400"},
      {"two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "HTTP/1.1 400"},
      {"two lengths",
       "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
       "HTTP/1.1 400"},
      {"length and chunked",
       "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: "
       "chunked\r\n\r\n0\r\n\r\n",
       "HTTP/1.1 400"},
      {"bad length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", "HTTP/1.1 400"},
      {"bad chunk", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
       "HTTP/1.1 400"},
      {"large headers", "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(2000, 'x') + "\r\n\r\n",
       "HTTP/1.1 431"},
      {"large target", "GET /" + std::string(2000, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n",
       "HTTP/1.1 431"},
      {"large body", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 101\r\n\r\n", "HTTP/1.1 413"},
      {"large body being sent",
       "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\n" + std::string(500000, 'x'),
       "HTTP/1.1 413"},
      {"large chunk",
       "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n80\r\n" +
           std::string(128, 'x') + "\r\n0\r\n\r\n",
       "HTTP/1.1 413"},
  };
  for (const Case& c : cases) {
    const std::string text = ask(c.text);
    EXPECT_TRUE(text.starts_with(c.status)) << c.name << ": " << text;
    EXPECT_NE(text.find("Connection: close"), std::string::npos) << c.name;
  }
  EXPECT_NE(ask("GET /still HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").find("/still"),
            std::string::npos);
}

TEST_F(HttpServer, CutsOffSlowClients) {
  ServerOptions options;
  options.header_timeout = milliseconds(150);
  options.body_timeout = milliseconds(150);
  options.idle_timeout = milliseconds(150);
  start(options);
  for (const char* text :
       {"", "GET / HT", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nab"}) {
    TestSocket socket(server_->port());
    socket.send(text);
    EXPECT_EQ(socket.read_all(), "") << text;
    EXPECT_TRUE(socket.closed()) << text;
  }
  // A byte now and then does not help: the time is for all headers together.
  TestSocket drip(server_->port());
  const auto begin = std::chrono::steady_clock::now();
  while (drip.send("G") && std::chrono::steady_clock::now() - begin < seconds(5)) {
    if (drip.read_until("", milliseconds(30)); drip.closed()) {
      break;
    }
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, seconds(4));
}

TEST_F(HttpServer, CompressesLargeTexts) {
  start();
  const std::string plain = ask("GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_NE(plain.find("Content-Length: 5000"), std::string::npos);
  EXPECT_NE(plain.find("Vary: Accept-Encoding"), std::string::npos);
  const std::string packed = ask(
      "GET /large HTTP/1.1\r\nHost: x\r\nAccept-Encoding: br, gzip\r\nConnection: close\r\n\r\n");
  EXPECT_NE(packed.find("Content-Encoding: gzip"), std::string::npos);
  const auto body = codec::gzip_decompress(packed.substr(packed.find("\r\n\r\n") + 4), 10000);
  ASSERT_TRUE(body.has_value());
  EXPECT_EQ(*body, std::string(5000, 'x'));
  const std::string refused = ask(
      "GET /large HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip;q=0\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(refused.find("Content-Encoding"), std::string::npos);
  EXPECT_EQ(
      ask("GET /small HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n")
          .find("Content-Encoding"),
      std::string::npos);
}

TEST_F(HttpServer, SurvivesHandlersThatThrow) {
  start();
  const std::string text = ask("GET /throw HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(text.starts_with("HTTP/1.1 500 ")) << text;
  EXPECT_EQ(text.find("handler broke"), std::string::npos);
  const std::lock_guard lock(mutex_);
  ASSERT_EQ(errors_.size(), 1U);
  EXPECT_NE(errors_[0].find("handler broke"), std::string::npos);
  EXPECT_NE(text.find(log_.empty() ? "internal error" : log_[0].request_id), std::string::npos);
}

TEST_F(HttpServer, SendsEventsFromAnyThread) {
  start();
  TestSocket socket(server_->port());
  socket.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
  const std::string head = socket.read_until("data: first");
  EXPECT_NE(head.find("Content-Type: text/event-stream"), std::string::npos) << head;
  EXPECT_NE(head.find("Transfer-Encoding: chunked"), std::string::npos);
  const auto stream = stream_.get_future().get();
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(stream->write(format_event("n", std::to_string(i))));
  }
  EXPECT_NE(socket.read_until("data: 99\n").find("event: n\ndata: 99\n"), std::string::npos);
  stream->close();
  EXPECT_FALSE(stream->write("more"));
  EXPECT_TRUE(socket.read_all().ends_with("0\r\n\r\n"));
  EXPECT_TRUE(socket.closed());
  EXPECT_EQ(wait_for_log(1).size(), 1U);
}

TEST_F(HttpServer, NoticesThatAStreamsReaderLeft) {
  start();
  TestSocket socket(server_->port());
  socket.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
  socket.read_until("data: first");
  const auto stream = stream_.get_future().get();
  EXPECT_TRUE(stream->is_open());
  socket.close();
  for (int i = 0; i < 1000 && stream->is_open(); ++i) {
    std::this_thread::sleep_for(milliseconds(5));
  }
  EXPECT_FALSE(stream->is_open());
  EXPECT_FALSE(stream->write("x"));
}

TEST_F(HttpServer, DisconnectsSlowReaders) {
  ServerOptions options;
  options.stream_bytes_max = 100'000;
  start(options);
  TestSocket socket(server_->port());
  socket.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto stream = stream_.get_future().get();
  const std::string piece(50'000, 'x');
  int written = 0;
  while (written < 10'000 && stream->write(piece)) {
    ++written;
  }
  EXPECT_GT(written, 0);
  EXPECT_LT(written, 10'000);
  EXPECT_FALSE(stream->is_open());
}

TEST_F(HttpServer, WaitsForRoomInAStream) {
  ServerOptions options;
  options.stream_bytes_max = 100'000;
  start(options);
  TestSocket socket(server_->port());
  socket.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto stream = stream_.get_future().get();
  std::thread reader([&socket] { socket.read_until("the end"); });
  const std::string piece(50'000, 'x');
  for (int i = 0; i < 40; ++i) {
    ASSERT_TRUE(stream->wait_for_room(piece.size(), milliseconds(20'000)));
    ASSERT_TRUE(stream->write(piece));
  }
  ASSERT_TRUE(stream->wait_for_room(7, milliseconds(20'000)));
  ASSERT_TRUE(stream->write("the end"));
  reader.join();
  stream->close();
  EXPECT_FALSE(stream->wait_for_room(1, milliseconds(1)));
}

TEST_F(HttpServer, WaitsForASlowReaderOnlySoLong) {
  ServerOptions options;
  options.stream_bytes_max = 100'000;
  start(options);
  TestSocket socket(server_->port());
  socket.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto stream = stream_.get_future().get();
  const std::string piece(50'000, 'x');
  int written = 0;
  while (written < 10'000 && stream->wait_for_room(piece.size(), milliseconds(50))) {
    ASSERT_TRUE(stream->write(piece));
    ++written;
  }
  EXPECT_LT(written, 10'000);
  EXPECT_TRUE(stream->is_open()) << "it is for the writer to decide";
}

TEST_F(HttpServer, FinishesRequestsBeforeItStops) {
  start();
  TestSocket busy(server_->port());
  TestSocket idle(server_->port());
  busy.send("GET /block HTTP/1.1\r\nHost: x\r\n\r\n");
  entered_.get_future().wait();
  auto stopped = std::async(std::launch::async, [this] { return server_->shutdown(seconds(20)); });
  idle.read_all();
  EXPECT_TRUE(idle.closed());
  release_.set_value();
  const std::string text = busy.read_all();
  EXPECT_NE(text.find("late"), std::string::npos) << text;
  EXPECT_NE(text.find("Connection: close"), std::string::npos);
  busy.close();
  EXPECT_TRUE(stopped.get());
  EXPECT_FALSE(TestSocket(server_->port()).connected());
  EXPECT_TRUE(server_->shutdown(seconds(1)));
}

TEST_F(HttpServer, EndsStreamsWhenItStops) {
  start();
  TestSocket socket(server_->port());
  socket.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto stream = stream_.get_future().get();
  socket.read_until("data: first");
  EXPECT_TRUE(server_->shutdown(seconds(10)));
  EXPECT_TRUE(socket.read_all().ends_with("0\r\n\r\n"));
  EXPECT_FALSE(stream->write("late"));
  server_.reset();
  EXPECT_FALSE(stream->write("later"));
}

TEST_F(HttpServer, GivesUpOnRequestsThatTakeTooLong) {
  start();
  TestSocket busy(server_->port());
  busy.send("GET /block HTTP/1.1\r\nHost: x\r\n\r\n");
  entered_.get_future().wait();
  EXPECT_FALSE(server_->shutdown(milliseconds(50)));
  release_.set_value();
}

TEST_F(HttpServer, StopsWhileManyClientsSend) {
  start();
  std::atomic<int> answered = 0;
  std::atomic<int> broken = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < 6; ++i) {
    clients.emplace_back([&, port = server_->port()] {
      while (true) {
        TestSocket socket(port);
        if (!socket.connected()) {
          return;
        }
        for (int n = 0; n < 20 && !socket.closed(); ++n) {
          socket.send("POST /n HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nabcd");
          const std::string text = socket.read_until("POST /n? 4 abcd");
          answered += text.ends_with("POST /n? 4 abcd") ? 1 : 0;
          broken += text.empty() || text.ends_with("abcd") ? 0 : 1;
        }
      }
    });
  }
  while (answered < 300) {
    std::this_thread::sleep_for(milliseconds(1));
  }
  EXPECT_TRUE(server_->shutdown(seconds(20)));
  for (std::thread& client : clients) {
    client.join();
  }
  EXPECT_EQ(broken, 0);
}

TEST_F(HttpServer, AnswersBusyWhenTheQueueIsFull) {
  ServerOptions options;
  options.worker_queue_max = 0;
  start(options);
  const std::string text = ask("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(text.starts_with("HTTP/1.1 503 ")) << text;
  EXPECT_NE(text.find("Retry-After: 1"), std::string::npos);
}

TEST_F(HttpServer, WaitsWithTooManyConnections) {
  ServerOptions options;
  options.connections_max = 1;
  start(options);
  auto first = std::make_unique<TestSocket>(server_->port());
  first->send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\n");
  first->read_until("GET /1");
  TestSocket second(server_->port());
  second.send("GET /2 HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(second.read_until("GET /2", milliseconds(100)), "");
  first.reset();
  EXPECT_NE(second.read_until("GET /2").find("GET /2"), std::string::npos);
}

TEST_F(HttpServer, SaysWhyItCannotListen) {
  start();
  const Handler handler = [](const Request&) { return Response{}; };
  ServerOptions same;
  same.port = server_->port();
  const auto taken = Server::start(same, handler);
  ASSERT_FALSE(taken.has_value());
  EXPECT_EQ(taken.error().code(), ErrorCode::kConflict);
  EXPECT_EQ(taken.error().message(),
            "address 127.0.0.1:" + std::to_string(server_->port()) + " is in use");
  ServerOptions elsewhere;
  elsewhere.host = "192.0.2.1";
  EXPECT_EQ(Server::start(elsewhere, handler).error().code(), ErrorCode::kIo);
  ServerOptions secure;
  secure.tls_certificate_file = "/nonexistent/cert.pem";
  EXPECT_EQ(Server::start(secure, handler).error().code(), ErrorCode::kInvalid);
}

}  // namespace
}  // namespace rhumb::http
