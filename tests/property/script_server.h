#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sql/dialect.h"

namespace rhumb::property {

/// What a server made of a text.
struct Answer {
  /// What each statement gave, in order, empty statements left out: tag and rows. Of a client
  /// program one entry: all it printed.
  std::vector<std::string> results;
  /// Where each statement ends, for servers that tell.
  std::vector<size_t> ends;
  /// The code of the error that ended it, or the error's text.
  std::optional<std::string> error;
  /// Why the answer says nothing about statements: the client had to send data, time was over.
  std::string unfit;
};

/// Who splits what run_whole() gets: the server, or its client program (psql, mariadb), which
/// understands more than SQL.
enum class Splitter { kServer, kClient };

/// A scratch database of a real server, as a client sees it that leaves splitting to the server.
///
/// There is a table `seen (id int, note text)`.
class ScriptServer {
 public:
  virtual ~ScriptServer() = default;

  [[nodiscard]] virtual Splitter splitter() const { return Splitter::kServer; }
  /// Back to the empty scratch database, and to a session as it was opened.
  virtual void reset() = 0;
  /// Sends the script in one piece, or hands it to the client program.
  virtual Answer run_whole(std::string_view script) = 0;
  /// Sends one statement; the server refuses two, or `results` holds both.
  virtual Answer run_part(std::string_view statement) = 0;
  /// Whether a statement that was sent alone without a syntax error is none to the server: its `;`
  /// alone, or with comments.
  virtual bool is_empty(std::string_view statement) { return statement == ";"; }
  /// What the statements have left behind: rows and stored programs.
  virtual std::string state() = 0;
};

/// Null when no server of this dialect is there (tests/servers.py), or no client program.
std::unique_ptr<ScriptServer> script_server(sql::Dialect dialect, Splitter splitter);
std::unique_ptr<ScriptServer> postgres_server(Splitter splitter);
std::unique_ptr<ScriptServer> mariadb_server(Splitter splitter);
std::unique_ptr<ScriptServer> sqlite_server();

}  // namespace rhumb::property
