#include "client_program.h"

#include <re2/re2.h>

#include "base/check.h"
#include "sys/process.h"

namespace rhumb::property {

Answer run_client(std::vector<std::string> command, std::string_view script, const char* error) {
  sys::SystemProcessRunner runner;
  const auto process = runner.run({.argv = std::move(command), .input = std::string(script)});
  RHUMB_CHECK(process.has_value(), "the client program can be started");
  Answer answer;
  answer.results.push_back(process->output);
  if (!process->succeeded()) {
    std::string code;
    answer.error = RE2::PartialMatch(process->error, error, &code) ? code : process->error;
  }
  return answer;
}

bool has_program(const std::string& name) {
  return sys::find_program(name).has_value();
}

}  // namespace rhumb::property
