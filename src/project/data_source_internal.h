#pragma once

#include "project/data_source.h"

/// One function for each data source; errors come without the prefix.
namespace rhumb::project {

Result<hcl::Value> read_external(const DataRequest& request);
Result<hcl::Value> read_runtime_variable(const DataRequest& request);
Result<hcl::Value> read_sql(const DataRequest& request);
Result<hcl::Value> read_template_directory(const DataRequest& request);
Result<hcl::Value> read_schema_files(const DataRequest& request);
Result<hcl::Value> read_remote_directory(const DataRequest& request);
Result<hcl::Value> read_cloud_databases(const DataRequest& request);
Result<hcl::Value> read_rds_token(const DataRequest& request);
Result<hcl::Value> read_cloudsql_token(const DataRequest& request);
Result<hcl::Value> read_blob_directory(const DataRequest& request);

/// The value of a data source that gives nothing but a URL.
[[nodiscard]] hcl::Value url_object(const std::string& url);

}  // namespace rhumb::project
