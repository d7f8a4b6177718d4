import type { AuditEntry } from "../api/types.ts";
import { isRefusal } from "../lib/audit.ts";
import { differences } from "../lib/difference.ts";
import { plural } from "../lib/format.ts";
import { auditText } from "../text-audit.ts";
import { DifferenceTable } from "./difference-table.tsx";
import { Disclosure } from "./disclosure.tsx";
import { Facts } from "./facts.tsx";
import { Badge } from "./status.tsx";
import { Time } from "./time.tsx";

function Summary({ entry, changes }: { entry: AuditEntry; changes: number }) {
  return (
    <>
      <span class="soft entry-number">{entry.seq}</span>
      <span class="file-name">{entry.action}</span>
      {isRefusal(entry) && (
        <Badge tone="bad" mark="✕">
          refused
        </Badge>
      )}
      <code>{entry.object}</code>
      <span>by {entry.actor.name}</span>
      <span class="soft">{entry.before !== null && plural(changes, "change")}</span>
      <span class="file-time">
        <Time value={entry.time} ago />
      </span>
    </>
  );
}

function Entry({ entry }: { entry: AuditEntry }) {
  const changes = differences(entry.before, entry.after);
  return (
    <Disclosure isOpen={false} class="file entry" summary={<Summary entry={entry} changes={changes.length} />}>
      {() => (
        <>
          {changes.length === 0 ? <p class="soft">{auditText.nothing}</p> : <DifferenceTable caption={`What entry ${entry.seq} changed`} rows={changes} />}
          <Facts
            rows={[
              ["Who", `${entry.actor.name} (${entry.actor.kind.toLowerCase()})`],
              ["From", entry.ip],
              ["With", entry.userAgent],
              ["Request", <code>{entry.requestID}</code>],
              ["Hash", <code>{entry.hash}</code>],
              ["Hash of the one before", <code>{entry.prevHash}</code>],
            ]}
          />
        </>
      )}
    </Disclosure>
  );
}

/** Entries of the audit log; each opens to what it changed and what seals it. */
export function AuditList({ entries }: { entries: AuditEntry[] }) {
  return (
    <div class="entries" role="group" aria-label="Entries">
      {entries.map((entry) => (
        <Entry key={entry.seq} entry={entry} />
      ))}
    </div>
  );
}
