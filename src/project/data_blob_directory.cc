#include <algorithm>
#include <functional>
#include <span>
#include <utility>

#include "base/go_format.h"
#include "codec/compress.h"
#include "codec/tar.h"
#include "migrate/archive_files.h"
#include "project/body_reader.h"
#include "project/data_source_internal.h"
#include "provider/s3.h"
#include "sys/clock.h"
#include "sys/files.h"

/// `data "blob_dir"`: a migration directory from a folder, an archive, or a bucket.
namespace rhumb::project {
namespace {

constexpr std::string_view kMemory = "mem://";
constexpr std::string_view kFolder = "blob_dir/";
constexpr std::string_view kTar = ".tar";
constexpr std::string_view kCompressed[] = {".tar.gz", ".tgz"};
constexpr std::string_view kGzipMark = "\x1F\x8B";
constexpr std::string_view kUnread[] = {".zip", ".tar.bz2", ".tar.xz", ".tar.zst", ".7z"};
constexpr size_t kBytesMax = size_t{256} << 20;  // of all files together

using Files = std::vector<migrate::NewFile>;

bool ends_with_any(std::string_view path, std::span<const std::string_view> endings) {
  return std::ranges::any_of(endings,
                             [&](std::string_view ending) { return path.ends_with(ending); });
}

bool is_archive(std::string_view path) {
  return path.ends_with(kTar) || ends_with_any(path, kCompressed);
}

/// Whether a file belongs to a migration directory, whatever else lies beside it: archives of macOS
/// have a hidden `._1.sql` beside `1.sql`.
bool is_wanted(std::string_view name) {
  return (name.ends_with(".sql") && !name.starts_with('.')) || name == migrate::kSumFileName;
}

/// Reads the wanted ones of the named files.
Result<Files> read_files(const std::vector<std::string>& names,
                         const std::function<Result<std::string>(const std::string&)>& read) {
  Files files;
  size_t bytes = 0;
  for (const std::string& name : names) {
    if (!is_wanted(name)) {
      continue;
    }
    std::string content = TRY(read(name));
    bytes += content.size();
    files.push_back({name, std::move(content)});
    if (bytes > kBytesMax) {
      return Error(ErrorCode::kLimit,
                   "the files are larger than " + std::to_string(kBytesMax) + " bytes together");
    }
  }
  return files;
}

/// The files at the top of an archive, or of the one folder it consists of.
Result<Files> unpack(const std::string& archive) {
  // Not by its name: HTTP takes the compression off an object that says so of itself.
  const bool is_compressed = archive.starts_with(kGzipMark);
  const std::string tar = is_compressed ? TRY(codec::gzip_decompress(archive, kBytesMax)) : archive;
  std::vector<codec::ArchiveFile> entries =
      TRY(codec::read_tar(tar, {.allow_directories_in_names = true, .passes_over_folders = true}));
  std::erase_if(entries, [](const codec::ArchiveFile& entry) {
    return !is_wanted(entry.name.substr(entry.name.rfind('/') + 1));
  });
  const std::string first = entries.empty() ? "" : entries.front().name;
  const std::string folder = first.substr(0, first.rfind('/') + 1);
  const bool has_one = std::ranges::all_of(entries, [&](const codec::ArchiveFile& entry) {
    return entry.name.substr(0, entry.name.rfind('/') + 1) == folder;
  });
  if (!has_one) {
    return invalid("the migration files of the archive lie in several folders");
  }
  Files files;
  for (codec::ArchiveFile& entry : entries) {
    files.push_back({entry.name.substr(folder.size()), std::move(entry.content)});
  }
  return files;
}

Result<Files> read_local(const codec::Url& url) {
  const std::string path = url.host + url.path;
  if (is_archive(path)) {
    return unpack(TRY(sys::read_file(path)));
  }
  std::vector<std::string> names;
  for (const sys::DirectoryEntry& entry : TRY(sys::list_directory(path))) {
    if (entry.kind != sys::FileKind::kDirectory) {
      names.push_back(entry.name);
    }
  }
  return read_files(names,
                    [&](const std::string& name) { return sys::read_file(path + "/" + name); });
}

Result<Files> read_bucket(const Host& host, const codec::Url& url) {
  const provider::S3Location location = TRY(provider::parse_s3_url(url));
  const provider::AwsLookup lookup{.environment = host.environment,
                                   .sender = host.provider,
                                   .profile = location.profile,
                                   .region = location.region};
  Result<std::string> region = provider::find_aws_region(lookup);
  if (!region && location.endpoint) {
    region = std::string("us-east-1");  // what services other than Amazon's expect
  }
  const std::string found_region = TRY(region);
  const provider::AwsCredentials credentials = TRY(provider::find_aws_credentials(lookup));
  provider::S3Bucket bucket(location, found_region, credentials, host.provider, host.clock);
  if (is_archive(location.key)) {
    return unpack(TRY(bucket.read(location.key)));
  }
  std::string folder = location.key;
  if (!folder.empty() && !folder.ends_with('/')) {
    folder += '/';
  }
  const std::vector<std::string> names = TRY(bucket.list(folder));
  return read_files(names, [&](const std::string& name) { return bucket.read(folder + name); });
}

Result<Files> read_any(const Host& host, const codec::Url& url) {
  if (ends_with_any(url.path, kUnread)) {
    return Error(ErrorCode::kUnsupported,
                 "archives of this kind are not supported, use one of .tar, .tar.gz and .tgz");
  }
  if (url.scheme == "file") {
    return read_local(url);
  }
  if (url.scheme == "s3") {
    return read_bucket(host, url);
  }
  return Error(ErrorCode::kUnsupported,
               "scheme " + go_quote(url.scheme) + " is not supported, use file:// or s3://");
}

/// The URL: `url`, or `path`, which means the same.
Result<std::string> url_of(const DataRequest& request) {
  const BodyValues values = TRY(read_body(request.block, request.context,
                                          {{.name = "url", .type = hcl::Type::string()},
                                           {.name = "path", .type = hcl::Type::string()}},
                                          true)
                                    .context("decoding body"));
  const std::string url = values.text("url");
  const std::string path = values.text("path");
  if (!url.empty() && !path.empty()) {
    return invalid("url and path cannot be set together");
  }
  if (url.empty() && path.empty()) {
    return invalid("url must be set");
  }
  return url.empty() ? path : url;
}

}  // namespace

Result<hcl::Value> read_blob_directory(const DataRequest& request) {
  const std::string text = TRY(url_of(request));
  const Result<codec::Url> parsed = codec::parse_url(text);
  if (!parsed) {
    return invalid(parsed.error().root_message()).context("parsing url");
  }
  const std::string shown = "reading " + parsed->redacted_text();
  const Files files = TRY(read_any(request.host, *parsed).context(shown));
  if (files.empty()) {
    return Error(ErrorCode::kNotFound, "there is no migration file").context(shown);
  }
  const std::string name = std::string(kFolder) + request.block.labels[1];
  const std::string url = std::string(kMemory) + name;
  std::shared_ptr<migrate::MemoryDirectory> directory =
      TRY(migrate::directory_of_files(url, migrate::Format::kAtlas, files).context(shown));
  request.outputs.directories->put(name, std::move(directory));
  return url_object(url);
}

}  // namespace rhumb::project
