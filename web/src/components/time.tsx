import { formatAgo, formatUtc } from "../lib/format.ts";

export function Time({ value }: { value: string | null }) {
  if (value === null) return <>-</>;
  return (
    <time dateTime={value} title={formatUtc(value)}>
      {formatAgo(value, Date.now())}
    </time>
  );
}
