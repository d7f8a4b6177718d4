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
  process.argv = TRY(values.texts("program"));
  process.directory = values.text("working_dir");
  process.environment = request.host.environment.entries();
  process.cancellation = request.host.cancellation;
  return process;
}

}  // namespace

Result<hcl::Value> read_external(const DataRequest& request) {
  const sys::ProcessRequest process = TRY(read_request(request));
  return hcl::Value::string(TRY(sys::run_for_output(request.host.processes, process)));
}

}  // namespace rhumb::project
