import { CopyButton } from "./command.tsx";

/** A text as it was sent, under a heading; nothing when there is none. */
export function SourceText({ name, value }: { name: string; value: string | null }) {
  if (value === null || value === "") return null;
  return (
    <section>
      <h2>{name}</h2>
      <CopyButton value={value} />
      <pre class="sql" tabIndex={0} aria-label={name}>
        {value}
      </pre>
    </section>
  );
}
