import type { Actor, RunContext } from "../api/types.ts";
import { shortHash } from "../lib/format.ts";

/** Only what is certainly a web address becomes a link: the text comes from outside. */
function isWebAddress(url: string | null): url is string {
  return url !== null && /^https?:\/\//.test(url);
}

/** Who did something, and the commit or pull request it came from. */
export function Origin({ actor, context }: { actor: Actor | null; context: RunContext | null }) {
  const commit = context?.commit ?? null;
  const place = [context?.branch, commit === null ? null : shortHash(commit)].filter(Boolean).join(" ");
  return (
    <>
      {context?.username ?? actor?.name ?? "-"}
      {place !== "" && isWebAddress(context?.url ?? null) && (
        <>
          {" "}
          <a href={context?.url ?? ""} rel="noreferrer">
            {place}
          </a>
        </>
      )}
      {place !== "" && !isWebAddress(context?.url ?? null) && <span class="soft"> {place}</span>}
    </>
  );
}
