#include "project/test_host.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/text.h"
#include "hcl/json.h"

namespace rhumb::project {

void TestHost::write(const std::string& name, const std::string& text) {
  const std::string file = path(name);
  EXPECT_TRUE(sys::make_directories(file.substr(0, file.rfind('/'))).has_value());
  std::ofstream(file, std::ios::binary) << replace_all(text, "DIR", root_.path());
}

Result<Project> TestHost::load(const std::string& text, ProjectRequest request) {
  write("atlas.hcl", text);
  if (request.config == ProjectRequest().config) {
    request.config = "file://" + path("atlas.hcl");
  }
  const Host host{.environment = environment,
                  .drivers = drivers,
                  .processes = processes_,
                  .http = fetcher,
                  .registry = transport,
                  .provider = sender,
                  .clock = clock,
                  .user_agent = "test",
                  .print = [this](std::string_view line) { printed.emplace_back(line); }};
  return load_project(request, host);
}

Result<Project> TestHost::load(const std::string& text,
                               const std::string& env,
                               const std::vector<std::string>& vars) {
  ProjectRequest request;
  request.env = env;
  request.vars = vars;
  return load(text, request);
}

std::string TestHost::error_of(const Result<Project>& result) const {
  return result.has_value() ? "" : replace_all(result.error().message(), root_.path() + "/", "");
}

std::string TestHost::error_of(const std::string& text,
                               const std::string& env,
                               const std::vector<std::string>& vars) {
  return error_of(load(text, env, vars));
}

std::string TestHost::x_of(const std::string& text,
                           const std::string& env,
                           const std::vector<std::string>& vars) {
  const Result<Project> project = load(text, env, vars);
  if (!project.has_value()) {
    return error_of(project);
  }
  if (project.value().environments.size() != 1) {
    return std::to_string(project.value().environments.size()) + " environments";
  }
  for (const ExtraAttribute& extra : project.value().environments.front().extra) {
    if (extra.name == "x") {
      return replace_all(hcl::format_value_json(extra.value).value_or("?"), root_.path() + "/", "");
    }
  }
  return "no x";
}

}  // namespace rhumb::project
