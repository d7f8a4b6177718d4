import { formatAgo, formatLocal, formatUtc } from "../lib/format.ts";

/** A time in the zone of the viewer; UTC and age on hover, the age beside it with `ago`. */
export function Time({ value, ago = false }: { value: string | null; ago?: boolean }) {
  if (value === null) return <>-</>;
  const age = formatAgo(value, Date.now());
  return (
    <>
      <time dateTime={value} title={`${formatUtc(value)}, ${age}`}>
        {formatLocal(value)}
      </time>
      {ago && <span class="soft"> ({age})</span>}
    </>
  );
}
