import { useEffect, useRef, useState } from "preact/hooks";
import { useLocation, useSearch } from "wouter-preact";
import { words } from "../lib/format.ts";
import { valueOf, withQuery } from "../lib/query.ts";

const typingMs = 250;

/** A filter whose value lives in the URL; changing it goes back to the first page. */
function useFilter(name: string): [string, (value: string) => void] {
  const [path, navigate] = useLocation();
  const search = useSearch();
  return [valueOf(search, name), (value) => navigate(path + withQuery(search, { [name]: value, page: "", after: "" }), { replace: true })];
}

export function SelectFilter({ name, label, options }: { name: string; label: string; options: readonly string[] }) {
  const [value, set] = useFilter(name);
  const shown = value === "" || options.includes(value) ? options : [value, ...options];
  return (
    <label class="filter">
      {label}
      <select value={value} onChange={(event) => set(event.currentTarget.value)}>
        <option value="">all</option>
        {shown.map((option) => (
          <option key={option} value={option}>
            {/^[A-Z_]+$/.test(option) ? words(option) : option}
          </option>
        ))}
      </select>
    </label>
  );
}

/** A text that filters while it is typed. The first one of a page is what `/` goes to. */
export function TextFilter({ name = "search", label = "Search" }: { name?: string; label?: string }) {
  const [value, set] = useFilter(name);
  const [typed, setTyped] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>();
  useEffect(() => setTyped(value), [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const onInput = (now: string): void => {
    setTyped(now);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => set(now.trim()), typingMs);
  };
  return (
    <label class="filter">
      {label}
      <input type="search" data-search value={typed} onInput={(event) => onInput(event.currentTarget.value)} />
    </label>
  );
}

/** A switch that is off unless the URL says so. */
export function SwitchFilter({ name, label }: { name: string; label: string }) {
  const [value, set] = useFilter(name);
  return (
    <label class="check">
      <input type="checkbox" checked={value === "true"} onChange={(event) => set(event.currentTarget.checked ? "true" : "")} /> {label}
    </label>
  );
}

export function DayFilter({ name, label }: { name: string; label: string }) {
  const [value, set] = useFilter(name);
  return (
    <label class="filter">
      {label}
      <input type="date" value={value} onChange={(event) => set(event.currentTarget.value)} />
    </label>
  );
}
