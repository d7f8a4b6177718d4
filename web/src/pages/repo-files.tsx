import { Link, useSearch } from "wouter-preact";
import { repoFilesDocument } from "../api/documents.ts";
import { useRemote } from "../api/remote.ts";
import type { DirFile, Repo } from "../api/types.ts";
import { CopyButton } from "../components/command.tsx";
import { Disclosure } from "../components/disclosure.tsx";
import { Empty, Loaded } from "../components/state.tsx";
import { plural, shortHash } from "../lib/format.ts";
import { repoPath, tracePath } from "../lib/paths.ts";
import { valueOf } from "../lib/query.ts";
import { pushSnippet } from "../lib/snippets.ts";
import { text } from "../text.ts";

function FileBody({ file, slug }: { file: DirFile; slug: string }) {
  return (
    <>
      <p class="soft">
        Hash <code>{file.hash}</code>
        {file.firstTag !== null && (
          <>
            , first in tag <Link href={repoPath(slug, `?tag=${encodeURIComponent(file.firstTag)}`)}>{shortHash(file.firstTag)}</Link>
          </>
        )}
        , <Link href={tracePath(slug, file.version)}>on its way</Link> <CopyButton value={file.content} />
      </p>
      <pre class="sql">{file.content}</pre>
    </>
  );
}

function FileView({ file, slug, isOpen }: { file: DirFile; slug: string; isOpen: boolean }) {
  const summary = (
    <>
      <code class="file-name">{file.name}</code>
      <span class="soft">applied to {plural(file.databases, "database")}</span>
      <code class="soft file-time">{shortHash(file.hash)}</code>
    </>
  );
  return (
    <Disclosure class="file" summary={summary} isOpen={isOpen}>
      {() => <FileBody file={file} slug={slug} />}
    </Disclosure>
  );
}

/** The files of the latest state, or of the tag in the URL; the newest first and open. */
export function FilesTab({ repo }: { repo: Repo }) {
  const tag = valueOf(useSearch(), "tag");
  const [remote, reload] = useRemote<{ repo: { files: DirFile[] } }>(repoFilesDocument, { input: { slug: repo.slug }, tag: tag === "" ? null : tag });
  return (
    <>
      {tag !== "" && (
        <p class="notice">
          State of tag {shortHash(tag)}. <Link href={repoPath(repo.slug)}>Show the latest state</Link>
        </p>
      )}
      <Loaded remote={remote} reload={reload}>
        {({ repo: { files } }) =>
          files.length === 0 ? (
            <Empty title={text.repo.noFiles} command={pushSnippet(window.location.origin, repo.slug)} />
          ) : (
            <section aria-label="Files">
              {[...files].reverse().map((file, i) => (
                <FileView key={file.name} file={file} slug={repo.slug} isOpen={i === 0} />
              ))}
            </section>
          )
        }
      </Loaded>
    </>
  );
}
