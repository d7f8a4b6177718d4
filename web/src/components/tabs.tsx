import { Link, useLocation } from "wouter-preact";

/** Tabs of a page, each an address of its own. The first is the page without `?tab=`. */
export function Tabs({ label, tabs, current }: { label: string; tabs: { key: string; name: string; count?: number }[]; current: string }) {
  const [path] = useLocation();
  return (
    <nav class="tabs" aria-label={label}>
      {tabs.map(({ key, name, count }, i) => (
        <Link key={key} href={i === 0 ? path : `${path}?tab=${key}`} aria-current={key === current ? "page" : undefined}>
          {name} {count !== undefined && <span class="count">{count}</span>}
        </Link>
      ))}
    </nav>
  );
}
