// The only file that includes Beast, because it takes long to compile.

#include <boost/beast/ssl.hpp>

#include "http/connection_internal.h"
#include "http/connection_life_internal.h"
#include "http/connection_request_internal.h"
#include "http/connection_response_internal.h"

namespace rhumb::http {
namespace {

using PlainConnection = Connection<beast::tcp_stream>;
using TlsConnection = Connection<beast::ssl_stream<beast::tcp_stream>>;

template <typename C>
void launch(SharedState& shared, const std::shared_ptr<C>& connection) {
  shared.add(connection);
  asio::post(connection->executor(), [connection] { connection->start(); });
}

}  // namespace

void start_connection(SharedState& shared, tcp::socket socket) {
  if (shared.tls) {
    launch(shared,
           std::make_shared<TlsConnection>(shared, std::move(socket), shared.tls->current()));
  } else {
    launch(shared, std::make_shared<PlainConnection>(shared, std::move(socket)));
  }
}

}  // namespace rhumb::http
