import { drawingDocument } from "../api/documents.ts";
import { useRemote } from "../api/remote.ts";
import type { Drawing } from "../api/types.ts";
import { Facts } from "../components/facts.tsx";
import { PageHead } from "../components/page-head.tsx";
import { SourceText } from "../components/source-text.tsx";
import { Loaded } from "../components/state.tsx";
import { Time } from "../components/time.tsx";

/** A schema that somebody sent to be looked at; as text so far. */
export function DrawingPage({ id }: { id: string }) {
  const [remote, reload] = useRemote<{ drawing: Drawing }>(drawingDocument, { id });
  return (
    <Loaded remote={remote} reload={reload}>
      {({ drawing }) => (
        <>
          <PageHead title={`Schema ${drawing.id}`} trail={[]} />
          <Facts
            rows={[
              ["Driver", drawing.driver.toLowerCase()],
              ["Sent by", drawing.createdBy.name],
              ["Sent", <Time value={drawing.createdAt} ago />],
            ]}
          />
          <SourceText name="HCL" value={drawing.hcl} />
          <SourceText name="SQL" value={drawing.sql} />
        </>
      )}
    </Loaded>
  );
}
