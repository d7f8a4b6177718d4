#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"
#include "codec/base64.h"
#include "codec/hex.h"
#include "codec/tar.h"
#include "registry/api/request_context.h"
#include "registry/api/views.h"
#include "registry/content/directory_archive.h"
#include "registry/content/protected_flows.h"
#include "registry/content/push.h"
#include "registry/names.h"

namespace rhumb::registry {
namespace {

using codec::ArchiveFile;
using codec::Json;
using graphql::FieldCall;

std::string encode_archive(const std::vector<ArchiveFile>& files) {
  return codec::base64_encode(codec::as_bytes(codec::write_tar(files)));
}

/// `GOLANG_MIGRATE` is `golang-migrate` everywhere else.
migrate::Format read_format(const Json& input) {
  std::string name = to_slug(input.string_or_empty("dirFormat"));
  std::replace(name.begin(), name.end(), '_', '-');
  return migrate::find_format(name).value_or(migrate::Format::kAtlas);
}

/// The whole directory when `dir` holds only the text of the new sum: what is stored, without
/// `delete`, with `add`.
Result<std::vector<ArchiveFile>> apply_difference(RequestContext& context,
                                                  const Json& input,
                                                  std::string sum,
                                                  migrate::Format format) {
  std::map<std::string, std::string> files;
  Result<DirectoryState> base =
      read_value<DirectoryState>(context.registry.store, [&](Session& session) {
        return read_directory_state(session, context.caller.org_id,
                                    StateSelector{input.string_or_empty("slug"), "", ""});
      });
  if (base) {
    for (ArchiveFile& file : base->files) {
      files[file.name] = std::move(file.content);
    }
  }
  if (const Json::Array* deleted = input.find_array("delete")) {
    for (const Json& name : *deleted) {
      files.erase(name.is_string() ? name.as_string() : std::string());
    }
  }
  const std::string added = TRY(decode_bytes(input, "add"));
  if (!added.empty()) {
    std::vector<ArchiveFile> additions = TRY(read_archive(added, format));
    for (ArchiveFile& file : additions) {
      files[file.name] = std::move(file.content);
    }
  }
  files["atlas.sum"] = std::move(sum);
  std::vector<ArchiveFile> out;
  out.reserve(files.size());
  for (auto& [name, content] : files) {
    out.push_back({name, std::move(content)});
  }
  return out;
}

Result<PushRequest> read_push(RequestContext& context, const Json& input, bool difference) {
  PushRequest request;
  request.slug = input.string_or_empty("slug");
  request.tag = input.string_or_empty("tag");
  request.driver = input.string_or_empty("driver");
  request.format = read_format(input);
  std::string bytes = TRY(decode_bytes(input, "dir"));
  if (bytes.empty()) {
    return invalid("dir: must not be empty");
  }
  Result<std::vector<ArchiveFile>> files = read_archive(bytes, request.format);
  if (!files && difference && bytes.starts_with("h1:")) {
    files = apply_difference(context, input, std::move(bytes), request.format);
  }
  request.files = TRY(std::move(files));
  if (const Json* run_context = input.find_object("context")) {
    request.context = TRY(registry_api::read_run_context(*run_context));
  }
  if (const Json::Array* states = input.find_array("states")) {
    for (const Json& state : *states) {
      request.states.push_back(VersionState{state.string_or_empty("version"),
                                            state.string_or_empty("hash"),
                                            state.string_or_empty("hcl")});
    }
  }
  return request;
}

Result<Json> push(RequestContext& context, FieldCall& call, bool tagged) {
  PushRequest request = TRY(read_push(context, call.input(), !tagged));
  if (tagged) {
    TRY(check_tag(request.tag));
  } else {
    request.tag.clear();
  }
  PushOutcome outcome = TRY(push_directory(context.registry, context.caller, std::move(request)));
  return Json::object({{"url", tag_link(context.registry, outcome.repo_id, outcome.tag_id)},
                       {"slug", outcome.slug},
                       {"hash", outcome.hash},
                       {"version", filled_json(outcome.version)},
                       {"changed", outcome.changed}});
}

StateSelector read_selector(const Json& input) {
  const std::string slug = input.string_or_empty("slug");
  return StateSelector{slug.empty() ? input.string_or_empty("name") : slug,
                       input.string_or_empty("tag"), input.string_or_empty("version")};
}

Result<DirectoryState> load_state(RequestContext& context, const StateSelector& selector) {
  return read_value<DirectoryState>(context.registry.store, [&](Session& session) {
    return read_directory_state(session, context.caller.org_id, selector);
  });
}

Result<Json> resolve_dir_state(RequestContext& context, FieldCall& call) {
  const StateSelector selector = read_selector(call.input());
  TRY(require(context.caller, "dir:read", {.repo = selector.slug}));
  DirectoryState state = TRY(load_state(context, selector));
  return Json::object({{"content", encode_archive(state.files)},
                       {"hash", state.hash},
                       {"version", filled_json(state.version)},
                       {"tag", state.tag}});
}

/// A Dir without its content; `_slug` and `_tag` let the content be read when it is asked for.
Json dir_json(const Registry& registry, const Repo& repo, const std::string& tag) {
  return Json::object({{"name", repo.name},
                       {"slug", repo.slug},
                       {"id", std::to_string(repo.id)},
                       {"driver", driver_to_wire(repo.driver)},
                       {"link", repo_link(registry, repo.slug)},
                       {"protectedFlows", protected_flows_json(repo.down, repo.flows)},
                       {"_repo", repo.id},
                       {"_slug", repo.slug},
                       {"_pushed", repo.head_state_id.has_value()},
                       {"_tag", tag}});
}

/// An unknown directory is an error: null would be taken for an empty one.
Result<Json> resolve_dir(RequestContext& context, FieldCall& call) {
  StateSelector selector = read_selector(call.input());
  TRY(require(context.caller, "dir:read", {.repo = selector.slug}));
  std::optional<Repo> repo =
      TRY(read_value<std::optional<Repo>>(context.registry.store, [&](Session& session) {
        return find_repo(session, context.caller.org_id, selector.slug);
      }));
  if (!repo.has_value()) {
    return Error(ErrorCode::kNotFound, fmt::format("dir \"{}\" not found", selector.slug));
  }
  if (call.selects("content")) {
    TRY(load_state(context, selector));
  }
  return dir_json(context.registry, *repo, selector.tag);
}

Result<Json> resolve_dirs(RequestContext& context, FieldCall& call) {
  TRY(require(context.caller, "dir:read"));
  const Json::Array* slugs = call.input().find_array("slugs");
  const bool with_content = call.input().find_bool("withContent").value_or(true);
  const Rows rows = TRY(read_value<Rows>(context.registry.store, [&](Session& session) {
    return session.query(
        fmt::format("SELECT {} FROM repos r WHERE r.org_id = ? AND r.hidden = 0 AND r.archived_at "
                    "IS NULL AND r.type = 'MIGRATION_DIRECTORY' ORDER BY r.slug",
                    kRepoColumns),
        {context.caller.org_id});
  }));
  Json out = Json::array();
  for (const Row& row : rows) {
    Repo repo = read_repo(row);
    const bool wanted =
        slugs == nullptr || std::any_of(slugs->begin(), slugs->end(), [&](const Json& s) {
          return s.is_string() && (s.as_string() == repo.slug || s.as_string() == repo.name);
        });
    if (wanted) {
      Json dir = dir_json(context.registry, repo, "");
      if (!with_content) {
        dir.set("_pushed", false);
      }
      out.push_back(std::move(dir));
    }
  }
  return out;
}

Result<Json> resolve_dir_member(RequestContext& context, FieldCall& call, bool content) {
  const Json& dir = call.parent();
  if (!dir.find_bool("_pushed").value_or(false)) {
    return content ? Json("") : Json();
  }
  const DirectoryState state = TRY(load_state(
      context, StateSelector{dir.string_or_empty("_slug"), dir.string_or_empty("_tag"), ""}));
  return content ? Json(encode_archive(state.files)) : Json(state.hash);
}

Result<Json> resolve_dir_version(RequestContext& context, FieldCall& call) {
  const Value version = TRY(read_value<Value>(context.registry.store, [&](Session& session) {
    return session.scalar(
        "SELECT s.version FROM repos r JOIN dir_states s ON s.id = r.head_state_id WHERE r.id = ?",
        {call.parent().find_int("_repo").value_or(0)});
  }));
  return filled_json(version.text());
}

Result<Json> resolve_dir_tags(RequestContext& context, FieldCall& call) {
  Page page;
  page.size = std::clamp<int64_t>(call.arguments().find_int("first").value_or(20), 1, kPageSizeMax);
  const Json tags = TRY(list_tags(context, call.parent().find_int("_repo").value_or(0), "", page));
  return tags.at("tags");
}

/// The first protocol of the sync action: a push of the head and of the commit as a tag.
Result<Json> report_dir(RequestContext& context, FieldCall& call, std::string_view name_member) {
  const Json& input = call.input();
  PushRequest request;
  const std::string name = input.string_or_empty(name_member);
  request.slug = to_slug(name.empty() ? input.string_or_empty("path") : name);
  request.driver = input.string_or_empty("driver");
  request.format = read_format(input);
  request.files = TRY(read_directory_archive(input, "dir", request.format));
  request.context = TRY(registry_api::read_run_context(input));
  PushRequest tagged = request;
  tagged.tag = to_lower_ascii(input.string_or_empty("commit"));
  TRY(push_directory(context.registry, context.caller, std::move(request)));
  if (!tagged.tag.empty()) {
    TRY(push_directory(context.registry, context.caller, std::move(tagged)));
  }
  return Json::object({{"success", true}});
}

Result<Json> resolve_dir_slugs(RequestContext& context, FieldCall&) {
  TRY(require(context.caller, "dir:read"));
  const Rows rows = TRY(read_value<Rows>(context.registry.store, [&](Session& session) {
    return session.query(
        "SELECT slug FROM repos WHERE org_id = ? AND hidden = 0 AND archived_at IS NULL AND type "
        "= 'MIGRATION_DIRECTORY' ORDER BY slug",
        {context.caller.org_id});
  }));
  Json out = Json::array();
  for (const Row& row : rows) {
    out.push_back(row[0].text());
  }
  return out;
}

}  // namespace

void add_directory_resolvers(graphql::Resolvers& resolvers) {
  bind_root(resolvers, "Query", "dirState", resolve_dir_state);
  bind_root(resolvers, "Query", "dir", resolve_dir);
  bind_root(resolvers, "Query", "dirs", resolve_dirs);
  bind_root(resolvers, "Query", "dirSlugs", resolve_dir_slugs);
  bind_field(resolvers, "Dir", "content", [](RequestContext& context, FieldCall& call) {
    return resolve_dir_member(context, call, true);
  });
  bind_field(resolvers, "Dir", "hash", [](RequestContext& context, FieldCall& call) {
    return resolve_dir_member(context, call, false);
  });
  bind_field(resolvers, "Dir", "latestVersion", resolve_dir_version);
  bind_field(resolvers, "Dir", "tags", resolve_dir_tags);
  bind_root(resolvers, "Mutation", "pushDir",
            [](RequestContext& context, FieldCall& call) { return push(context, call, true); });
  for (const char* field : {"diffSyncDir", "syncDir"}) {
    bind_root(resolvers, "Mutation", field,
              [](RequestContext& context, FieldCall& call) { return push(context, call, false); });
  }
  bind_root(resolvers, "Mutation", "reportDir", [](RequestContext& context, FieldCall& call) {
    return report_dir(context, call, "name");
  });
  bind_root(resolvers, "Mutation", "uploadDir", [](RequestContext& context, FieldCall& call) {
    return report_dir(context, call, "projectName");
  });
}

}  // namespace rhumb::registry
