#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "codec/hex.h"
#include "codec/json.h"
#include "registry/audit/evidence.h"
#include "registry/audit/stored_gzip.h"

namespace rhumb::registry {
namespace {

using codec::ArchiveFile;
using codec::Json;

// Of archives that are kept elsewhere: never change what a name means.
constexpr int64_t kFormat = 1;
constexpr std::string_view kChain = "chain.jsonl";
constexpr std::string_view kManifest = "manifest.json";
constexpr std::string_view kSignature = "manifest.sig";
constexpr std::string_view kKey = "key.pem";

Json file_json(const ArchiveFile& file) {
  return Json::object({{"name", file.name},
                       {"sha256", codec::hex_encode(codec::sha256(file.content))},
                       {"size", static_cast<int64_t>(file.content.size())}});
}

std::string make_manifest(const Evidence& evidence, const AuditKey& key) {
  Json files = Json::array();
  for (const ArchiveFile& file : evidence.files) {
    files.push_back(file_json(file));
  }
  Json manifest = Json::object({{"type", "rhumb-evidence"},
                                {"v", kFormat},
                                {"org", evidence.org},
                                {"repo", evidence.repo},
                                {"version", evidence.version}});
  manifest.set_unless_empty("env", evidence.env);
  manifest.set("key", format_bytes(key.public_key));
  manifest.set("files", std::move(files));
  return codec::format_json(manifest, {.indent = "  "}) + "\n";
}

Error conflict(std::string_view name, std::string_view what) {
  return Error(ErrorCode::kConflict, fmt::format("{}: {}", name, what));
}

class PackCheck {
 public:
  PackCheck(const TrustedKeys& trusted, const ExpectedHashes& expected)
      : trusted_(trusted), expected_(expected) {}

  Result<PackReport> run(std::string_view bytes) {
    const StoredGzip packed = TRY(read_stored_gzip(bytes));
    const std::string& archive = packed.content;
    files_ = TRY(codec::read_tar(archive, {.allow_directories_in_names = true})
                     .context("the archive is damaged"));
    TRY(check_manifest());
    TRY(check_files());
    TRY(check_chain());
    if (!packed.is_intact || codec::write_tar(files_) != archive) {
      return conflict("the archive", "was changed outside of its files");
    }
    return report_;
  }

 private:
  Result<const ArchiveFile*> find(std::string_view name) {
    const auto found = std::ranges::find(files_, name, &ArchiveFile::name);
    return found == files_.end() ? conflict(name, "is missing")
                                 : Result<const ArchiveFile*>(&*found);
  }

  Result<void> check_manifest() {
    const ArchiveFile* const file = TRY(find(kManifest));
    const ArchiveFile* const signature_file = TRY(find(kSignature));
    const ArchiveFile* const key_file = TRY(find(kKey));
    report_.key = TRY(parse_public_key(key_file->content).context(kKey));
    if (format_public_key(report_.key) != key_file->content) {
      return conflict(kKey, "is not as it was written");
    }
    codec::Ed25519Signature signature{};
    const std::string text = signature_file->content;
    TRY(read_bytes(Json::object({{"signature", text}}), "signature", signature)
            .context(kSignature));
    if (format_bytes(signature) + "\n" != text) {
      return conflict(kSignature, "is not as it was written");
    }
    if (!is_signed_by(trusted_, report_.key, file->content, signature)) {
      return conflict(kManifest, fmt::format("key {} is not trusted, or has not signed it",
                                             key_name(report_.key)));
    }
    manifest_ = TRY(codec::parse_json(file->content).context(kManifest));
    report_.repo = manifest_.string_or_empty("repo");
    report_.version = manifest_.string_or_empty("version");
    report_.env = manifest_.string_or_empty("env");
    const bool is_known = manifest_.string_or_empty("type") == "rhumb-evidence" &&
                          manifest_.find_int("v") == kFormat &&
                          manifest_.string_or_empty("key") == format_bytes(report_.key);
    return is_known ? Result<void>() : conflict(kManifest, "is none of evidence");
  }

  Result<void> check_files() {
    const Json::Array* const listed = manifest_.find_array("files");
    if (listed == nullptr) {
      return conflict(kManifest, "lists no files");
    }
    constexpr size_t kUnlisted = 3;  // the manifest, its signature, the key
    for (const Json& known : *listed) {
      const std::string name = known.string_or_empty("name");
      const ArchiveFile* const file = TRY(find(name));
      if (file_json(*file) != known) {
        return conflict(name, "its content is not the one that was signed");
      }
    }
    report_.files = static_cast<int64_t>(listed->size());
    return listed->size() + kUnlisted == files_.size()
               ? Result<void>()
               : conflict("the archive", "holds files that were not signed");
  }

  Result<void> check_chain() {
    const ArchiveFile* const file = TRY(find(kChain));
    std::istringstream lines(file->content);
    report_.chain = TRY(verify_export(lines, trusted_, expected_).context(kChain));
    return {};
  }

  const TrustedKeys& trusted_;
  const ExpectedHashes& expected_;
  std::vector<ArchiveFile> files_;
  Json manifest_;
  PackReport report_;
};

}  // namespace

Result<std::string> make_evidence_pack(const StoreReader& read,
                                       const EvidenceRequest& request,
                                       const AuditKey& key) {
  Result<Evidence> collected = Error(ErrorCode::kInternal, "the job did not run");
  TRY(read([&](Session& session) -> Result<void> {
    collected = collect_evidence(session, request);
    return collected ? Result<void>() : collected.error();
  }));
  Evidence evidence = std::move(*collected);
  ArchiveFile chain{.name = std::string(kChain), .content = ""};
  TRY(export_audit(read, {.key = key, .only = evidence.entries},
                   [&chain](const std::string& bytes) -> Result<void> {
                     chain.content += bytes;
                     return {};
                   }));
  evidence.files.push_back(std::move(chain));
  const std::string manifest = make_manifest(evidence, key);
  const codec::Ed25519Signature signature = TRY(codec::sign_ed25519(key.seed, manifest));
  evidence.files.push_back({std::string(kManifest), manifest});
  evidence.files.push_back({std::string(kSignature), format_bytes(signature) + "\n"});
  evidence.files.push_back({std::string(kKey), format_public_key(key.public_key)});
  return write_stored_gzip(codec::write_tar(evidence.files));
}

Result<PackReport> verify_pack(std::string_view bytes,
                               const TrustedKeys& trusted,
                               const ExpectedHashes& expected) {
  return PackCheck(trusted, expected).run(bytes);
}

bool is_pack(std::string_view begin) {
  return begin.starts_with("\x1f\x8b");
}

}  // namespace rhumb::registry
