#include "project/body_reader.h"
#include "project/data_source_internal.h"
#include "sys/environment.h"
#include "sys/process.h"

namespace rhumb::project {
namespace {

Result<sys::ProcessRequest> read_request(const DataRequest& request) {
  const BodyValues values = TRY(
      read_body(
          request.block, request.context,
          {{.name = "program", .type = hcl::Type::list(hcl::Type::string()), .is_required = true},
           {.name = "working_dir", .type = hcl::Type::string()}},
          false)
          .context("decoding body"));
  TRY(check_no_blocks(request.block));
  TRY(check_no_other_attributes(request.block, {"program", "working_dir"}));
  sys::ProcessRequest process;
  for (const hcl::Value& word : values.find("program")->elements()) {
    if (!word.has_content()) {
      return invalid("program must not hold null");
    }
    process.argv.push_back(word.as_string());
  }
  process.directory = values.text("working_dir");
  process.environment = request.host.environment.entries();
  process.cancellation = request.host.cancellation;
  return process;
}

}  // namespace

Result<hcl::Value> read_external(const DataRequest& request) {
  const sys::ProcessRequest process = TRY(read_request(request));
  if (process.argv.empty()) {
    return invalid("program cannot be empty");
  }
  const std::string& program = process.argv.front();
  const std::string path = sys::find_program(program).value_or(program);
  const std::string prefix = "running program " + path;
  const sys::ProcessResult result = TRY(request.host.processes.run(process).context(prefix));
  if (!result.succeeded()) {
    return invalid(result.error.empty() ? result.describe_failure() : result.error).context(prefix);
  }
  return hcl::Value::string(result.output);
}

}  // namespace rhumb::project
